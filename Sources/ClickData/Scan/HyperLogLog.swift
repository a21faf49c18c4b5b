import Glibc

/// Counts distinct hashes in 16 KiB: 2¹⁴ registers, standard error 0.8 %.
///
/// A hash's top 14 bits choose a register, which keeps the largest rank seen: one more than the leading zeros
/// of the other 50 bits. The estimate is Ertl's improved one, which needs no bias tables
/// (Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6).
struct HyperLogLog {
  private static let indexBits: UInt64 = 14
  private static let registerCount = 1 << 14
  private static let largestRank = 64 - 14 + 1

  private let registers: UnsafeMutablePointer<UInt8>

  init() {
    registers = .allocate(capacity: Self.registerCount)
    registers.initialize(repeating: 0, count: Self.registerCount)
  }

  /// Gives the memory back.
  func deallocate() { registers.deallocate() }

  /// Takes note of a hash whose 64 bits are uniform.
  @inline(__always)
  func insert(_ hash: UInt64) {
    let register = Int(hash >> (64 - Self.indexBits))
    // The bit below those of the rank bounds the count of zeros.
    let rest = hash << Self.indexBits | 1 << (Self.indexBits - 1)
    let rank = UInt8(truncatingIfNeeded: rest.leadingZeroBitCount &+ 1)
    if rank > registers[register] { registers[register] = rank }
  }

  /// How many distinct hashes there were, about.
  var estimate: Double {
    var counts = [Double](repeating: 0, count: Self.largestRank + 1)
    for register in 0..<Self.registerCount { counts[Int(registers[register])] += 1 }
    let size = Double(Self.registerCount)
    var sum = size * Self.tau(1 - counts[Self.largestRank] / size)
    for rank in (1..<Self.largestRank).reversed() { sum = 0.5 * (sum + counts[rank]) }
    sum += size * Self.sigma(counts[0] / size)
    return size * size / (2 * log(2)) / sum
  }

  /// `σ(x) = x + Σ_{k≥1} x^(2^k)·2^(k−1)`: the correction for registers that are still empty.
  private static func sigma(_ x: Double) -> Double {
    guard x < 1 else { return .infinity }
    var power = x
    var sum = x
    var weight = 1.0
    while true {
      power *= power
      let next = sum + power * weight
      guard next > sum else { return sum }
      sum = next
      weight *= 2
    }
  }

  /// `τ(x) = ⅓(1 − x − Σ_{k≥1} (1 − x^(2^−k))²·2^−k)`: the correction for registers that are full.
  private static func tau(_ x: Double) -> Double {
    guard x > 0, x < 1 else { return 0 }
    var root = x
    var sum = 1 - x
    var weight = 1.0
    while true {
      root = root.squareRoot()
      weight /= 2
      let next = sum - (1 - root) * (1 - root) * weight
      guard next < sum else { return sum / 3 }
      sum = next
    }
  }
}
