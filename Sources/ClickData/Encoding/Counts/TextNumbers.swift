import Glibc

/// Numbers distinct texts from 0, in the order in which they first occur.
///
/// Texts are compared byte for byte, so that none share a number.
package final class TextNumbers {
  private var table = ProbeTable(capacity: 8)
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity = 1 << 12
  /// Where each text ends.
  private var ends: [Int] = []

  /// Starts without texts.
  package init() { memory = .allocate(capacity: capacity) }

  deinit {
    table.deallocate()
    memory.deallocate()
  }

  /// The number of distinct texts.
  package var count: Int { ends.count }
  /// Bytes of memory.
  package var bytes: Int { table.bytes + capacity + ends.capacity * MemoryLayout<Int>.size }

  /// The text of a number, valid until the next one is added.
  package func text(_ number: Int) -> UnsafeBufferPointer<UInt8> {
    let start = number == 0 ? 0 : ends[number - 1]
    return UnsafeBufferPointer(start: memory + start, count: ends[number] - start)
  }

  /// The number of a text, which is added if it is new.
  package func number(of text: UnsafeBufferPointer<UInt8>) -> Int {
    let hash = Self.hash(text)
    let (number, slot) = table.find(hash) { number in
      let known = self.text(Int(number) - 1)
      return known.count == text.count && (text.isEmpty || Self.areEqual(known, text))
    }
    guard number == 0 else { return Int(number) - 1 }
    append(text)
    table.put(UInt32(ends.count), hash: hash, at: slot)
    if table.isFull { growTable() }
    return ends.count - 1
  }

  /// The numbers in the order of the bytes of their texts.
  package func sorted() -> [Int] {
    (0..<count).sorted { Self.precedes(text($0), text($1)) }
  }

  /// Whether a text comes before another one in the order of their bytes.
  package static func precedes(
    _ text: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard let first = text.baseAddress, let second = other.baseAddress else {
      return text.count < other.count
    }
    let order = memcmp(first, second, min(text.count, other.count))
    return order == 0 ? text.count < other.count : order < 0
  }

  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    text.baseAddress.map { ValueCounts.hash($0, text.count) } ?? 0
  }

  private static func areEqual(
    _ text: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard let first = text.baseAddress, let second = other.baseAddress else { return false }
    return memcmp(first, second, text.count) == 0
  }

  private func append(_ text: UnsafeBufferPointer<UInt8>) {
    let used = ends.last ?? 0
    if used + text.count > capacity {
      capacity = max(2 * capacity, used + text.count)
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
      larger.update(from: memory, count: used)
      memory.deallocate()
      memory = larger
    }
    if let first = text.baseAddress { (memory + used).update(from: first, count: text.count) }
    ends.append(used + text.count)
  }

  private func growTable() {
    table.deallocate()
    table = ProbeTable(capacity: 2 * ends.count)
    for number in ends.indices {
      let hash = Self.hash(text(number))
      table.put(UInt32(number + 1), hash: hash, at: table.find(hash) { _ in false }.slot)
    }
  }
}
