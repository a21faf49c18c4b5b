import LinearAlgebra
import Platform
import Testing

@Suite struct MaskKernelTests {
  private func mask(key: UInt64, count: Int, rate: Double) -> [Scalar] {
    var values = [Scalar](repeating: 1, count: count)
    values.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return }
      MaskKernel.drop(
        base, count: count, key: key, below: UInt32(rate * 0x1p32), scale: 2)
    }
    return values
  }

  @Test(arguments: [0.1, 0.5, 0.9])
  func theShareThatIsDroppedIsTheRate(rate: Double) {
    let random = CounterRandom(seed: 5, stream: 9)
    var dropped = [Double](repeating: 0, count: 100)
    for row in 0..<10_000 {
      for (column, value) in mask(key: random.bits(UInt64(row)), count: 100, rate: rate)
        .enumerated()
      where value == 0 {
        dropped[column] += 1
      }
    }
    // Five standard deviations of a share of 10,000 draws.
    let deviation = (rate * (1 - rate) / 10_000).squareRoot()
    for share in dropped.map({ $0 / 10_000 }) { #expect(abs(share - rate) < 5 * deviation) }
  }

  @Test func neighboursAndRowsAreDroppedIndependently() {
    let random = CounterRandom(seed: 6, stream: 9)
    let rows = (0..<10_000).map { mask(key: random.bits(UInt64($0)), count: 64, rate: 0.5) }
    func agreement(_ pairs: [(Scalar, Scalar)]) -> Double {
      Double(pairs.count { $0.0 == $0.1 }) / Double(pairs.count)
    }
    for distance in [1, 2, 8, 16, 32] {
      let share = agreement(rows.map { ($0[3], $0[3 + distance]) })
      #expect(abs(share - 0.5) < 0.025, "columns \(distance) apart agree in \(share)")
    }
    let share = agreement(zip(rows, rows.dropFirst()).map { ($0[7], $1[7]) })
    #expect(abs(share - 0.5) < 0.025, "consecutive rows agree in \(share)")
  }

  @Test func keptElementsAreScaledAndEqualKeysGiveEqualMasks() {
    let first = mask(key: 0x1234_5678_9abc_def0, count: 37, rate: 0.3)
    #expect(first.allSatisfy { $0 == 0 || $0 == 2 })
    #expect(first == mask(key: 0x1234_5678_9abc_def0, count: 37, rate: 0.3))
    #expect(first != mask(key: 0x1234_5678_9abc_def1, count: 37, rate: 0.3))
  }
}
