import Glibc
import Platform
import Testing

@Suite struct CounterRandomTests {
  /// A function that must not change: every seed in every configuration depends on these bits.
  @Test func goldenValues() {
    let random = CounterRandom(seed: 2021, stream: 1)
    #expect((0..<3).map { random.bits($0) } == Self.golden)
  }

  static let golden: [UInt64] = [
    7_574_431_184_285_757_314, 13_612_130_905_916_353_631, 17_024_801_099_014_425_953,
  ]

  /// The mean of 1e6 uniform numbers has deviation 2.9e-4, that of their squares' mean 3e-4.
  @Test func uniformNumbersHaveTheUniformsMoments() {
    let random = CounterRandom(seed: 1, stream: 2)
    var sum = 0.0
    var squares = 0.0
    for position in 0..<1_000_000 {
      let value = random.uniform(UInt64(position))
      sum += value
      squares += value * value
    }
    #expect(abs(sum / 1e6 - 1.0 / 2) < 1.5e-3)
    #expect(abs(squares / 1e6 - 1.0 / 3) < 1.5e-3)
  }

  @Test func normalNumbersHaveTheNormalsMoments() {
    let random = CounterRandom(seed: 1, stream: 3)
    let values = (0..<1_000_000).map { random.normal(UInt64($0)) }
    let mean = values.reduce(0, +) / 1e6
    let variance = values.reduce(0) { $0 + $1 * $1 } / 1e6
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 1e6
    let neighbours = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / 1e6
    #expect(abs(mean) < 5e-3)
    #expect(abs(variance - 1) < 8e-3)
    #expect(abs(fourth - 3) < 0.05)
    #expect(abs(neighbours) < 5e-3)
  }

  /// Compared with the system's functions, as close as the rounding of the angle allows.
  @Test func normalNumbersAreBoxMullerTransforms() {
    let random = CounterRandom(seed: 4, stream: 5)
    for index in UInt64(0)..<200_000 {
      let radius = (-2 * log(1 - random.uniform(2 * index))).squareRoot()
      let angle = 2 * Double.pi * random.uniform(2 * index + 1)
      #expect(abs(random.normal(2 * index) - radius * cos(angle)) <= 1e-15 * radius)
      #expect(abs(random.normal(2 * index + 1) - radius * sin(angle)) <= 1e-15 * radius)
    }
  }

  /// Every initial weight depends on these bits, whatever the machine.
  @Test func goldenNormalNumbers() {
    let random = CounterRandom(seed: 2021, stream: 1)
    #expect((0..<4).map { random.normal($0).bitPattern } == Self.goldenNormals)
  }

  static let goldenNormals: [UInt64] = [
    13_813_657_179_967_032_145, 13_830_668_423_660_056_250, 4_609_909_705_453_251_174,
    4_609_867_447_995_739_790,
  ]

  @Test(arguments: [0, 1, 2, 7, 64, 1001])
  func consecutiveNormalNumbersEqualThoseAtTheirPositions(count: Int) {
    let random = CounterRandom(seed: 3, stream: 9)
    let numbers = [Double](unsafeUninitializedCapacity: count) { buffer, filled in
      random.normals(from: 12, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      filled = count
    }
    #expect(numbers == (0..<count).map { random.normal(12 + UInt64($0)) })
  }

  @Test func seedsAndStreamsDiffer() {
    var seen = Set<UInt64>()
    for seed in 0..<30 {
      for stream in 0..<30 {
        seen.insert(CounterRandom(seed: UInt64(seed), stream: UInt64(stream)).bits(0))
      }
    }
    #expect(seen.count == 900)
  }
}
