import Platform
import Testing

@testable import ClickData

@Suite struct ValueCounterTests {
  private let random = CounterRandom(seed: 5, stream: 1)

  /// Counts numbers by their decimal texts.
  private func count(_ numbers: [Int]) -> ValueCounter {
    var counter = ValueCounter()
    for number in numbers {
      let text = Array("\(number)".utf8)
      text.withUnsafeBufferPointer { text in
        guard let first = text.baseAddress else { return }
        counter.insert(CounterRandom.mix(UInt64(number) &+ 77), first, text.count)
      }
    }
    return counter
  }

  /// `rows` numbers with a skewed distribution.
  private func skewed(_ rows: Int, values: Int) -> [Int] {
    (0..<rows).map { row in
      Int(Double(values) * random.uniform(UInt64(row)) * random.uniform(UInt64(row) + 1 << 40))
    }
  }

  @Test(arguments: [1, 7, 300, 60_000])
  func fewValuesAreCountedAsByADictionary(_ values: Int) {
    let numbers = skewed(200_000, values: values)
    let counter = count(numbers)
    defer { counter.deallocate() }
    var naive: [Int: Int] = [:]
    for number in numbers { naive[number, default: 0] += 1 }
    #expect(counter.counts.sorted() == naive.values.sorted())
    #expect(counter.undercount == 0)
    let top = naive.sorted { ($1.value, "\($0.key)") < ($0.value, "\($1.key)") }.prefix(10)
    #expect(counter.top(10) == top.map { FrequentValue(text: "\($0.key)", count: $0.value) })
  }

  @Test func frequentValuesAmongManyAreFound() {
    // Nine values of at least 20,000 rows each, among 600,000 that occur once or twice.
    let frequent = (0..<9).flatMap { value in [Int](repeating: value, count: 20_000 + 100 * value) }
    let rare = (0..<900_000).map { 100 + $0 % 600_000 }
    var numbers = frequent + rare
    for index in numbers.indices.reversed() {
      numbers.swapAt(index, random.integer(UInt64(index), below: index + 1))
    }
    let counter = count(numbers)
    defer { counter.deallocate() }
    let top = counter.top(9)
    #expect(top.map(\.text) == (0..<9).reversed().map { "\($0)" })
    for value in top {
      let truth = 20_000 + 100 * (Int(value.text) ?? 0)
      #expect(value.count <= truth && truth <= value.count + counter.undercount)
    }
    #expect(counter.undercount < 100)
    // Half of the rare values occur once, which the sample must show.
    let once = Double(counter.counts.count { $0 == 1 }) / Double(counter.counts.count)
    #expect(abs(once - 0.5) < 0.05)
    let scale = counter.sample?.scale ?? 0
    #expect(abs(Double(counter.counts.count * scale) / 600_009 - 1) < 0.06)
  }

  @Test func longTextsAreCut() {
    var counter = ValueCounter()
    defer { counter.deallocate() }
    for length in [46, 47, 48, 300] {
      let text = [UInt8](repeating: 0x61, count: length)
      text.withUnsafeBufferPointer { text in
        if let first = text.baseAddress { counter.insert(UInt64(length), first, length) }
      }
    }
    #expect(
      Set(counter.top(9).map(\.text))
        == [
          String(repeating: "a", count: 46), String(repeating: "a", count: 47),
          String(repeating: "a", count: 47) + "…",
        ])
  }

  @Test func collidingValuesAreCounted() {
    let counter = count(Array(0..<1000))
    defer { counter.deallocate() }
    var buckets: [UInt32: Int] = [:]
    for number in 0..<1000 {
      buckets[FieldHash.id(CounterRandom.mix(UInt64(number) &+ 77), buckets: 700), default: 0] += 1
    }
    #expect(counter.colliding(buckets: 700) == buckets.values.filter { $0 > 1 }.reduce(0, +))
  }
}
