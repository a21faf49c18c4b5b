import Glibc

/// Counts distinct hashes: exactly up to 65,536, by `HyperLogLog` beyond.
///
/// The count does not depend on the order of the hashes. A struct that owns memory, which
/// `deallocate` frees: in inner loops a class would cost reference counting for every value.
struct DistinctCounter {
  /// The maximum number of hashes that are counted exactly.
  static let maxExact = 1 << 16

  /// Eight hashes that are compared at once; 0 marks a free place.
  private typealias Line = SIMD8<UInt64>

  // A set of lines, at most half full: a hash is in the line that its low bits select or, if that
  // is full, in one of the following lines.
  private var lines: UnsafeMutablePointer<Line>
  private var mask: Int
  private var count = 0
  private var sketch: HyperLogLog?

  init() {
    (lines, mask) = Self.makeLines(1 << 3)
  }

  func deallocate() {
    lines.deallocate()
    sketch?.deallocate()
  }

  /// The number of distinct hashes, and whether it is exact.
  var distinct: (count: Int, exact: Bool) {
    sketch.map { (Int($0.estimate.rounded()), false) } ?? (count, true)
  }

  /// Counts a hash whose 64 bits are uniform.
  @inline(__always)
  mutating func insert(_ hash: UInt64) {
    if let sketch { return sketch.insert(hash) }
    let hash = max(hash, 1)
    let pattern = Line(repeating: hash)
    var line = Int(truncatingIfNeeded: hash) & mask
    while !any(lines[line] .== pattern) {
      if any(lines[line] .== Line.zero) { return add(hash, to: line) }
      line = (line &+ 1) & mask
    }
  }

  private mutating func add(_ hash: UInt64, to line: Int) {
    guard count < Self.maxExact else { return switchToSketch(adding: hash) }
    put(hash, in: line)
    count += 1
    if count > 4 * (mask + 1), count < Self.maxExact { grow() }
  }

  private func put(_ hash: UInt64, in line: Int) {
    for place in 0..<Line.scalarCount where lines[line][place] == 0 {
      lines[line][place] = hash
      return
    }
  }

  private mutating func grow() {
    let (oldLines, oldMask) = (lines, mask)
    (lines, mask) = Self.makeLines(2 * (mask + 1))
    Self.forEach(oldLines, oldMask) { hash in
      var line = Int(truncatingIfNeeded: hash) & mask
      while !any(lines[line] .== Line.zero) { line = (line + 1) & mask }
      put(hash, in: line)
    }
    oldLines.deallocate()
  }

  private mutating func switchToSketch(adding hash: UInt64) {
    let sketch = HyperLogLog()
    Self.forEach(lines, mask) { sketch.insert($0) }
    sketch.insert(hash)
    self.sketch = sketch
  }

  private static func forEach(
    _ lines: UnsafeMutablePointer<Line>, _ mask: Int, _ body: (UInt64) -> Void
  ) {
    for line in 0...mask {
      for place in 0..<Line.scalarCount where lines[line][place] != 0 { body(lines[line][place]) }
    }
  }

  private static func makeLines(_ count: Int) -> (UnsafeMutablePointer<Line>, Int) {
    let lines = UnsafeMutablePointer<Line>.allocate(capacity: count)
    lines.initialize(repeating: .zero, count: count)
    return (lines, count - 1)
  }
}

/// Counts distinct hashes in 16 KiB: 2¹⁴ registers, standard error 0.8 %.
///
/// A hash's top 14 bits select a register, which keeps the largest rank: one more than the leading
/// zeros of the other 50 bits. The estimate is Ertl's improved one, which needs no bias tables
/// (Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6).
struct HyperLogLog {
  private static let indexBits: UInt64 = 14
  private static let registerCount = 1 << 14
  private static let maxRank = 64 - 14 + 1

  private let registers: UnsafeMutablePointer<UInt8>

  init() {
    registers = .allocate(capacity: Self.registerCount)
    registers.initialize(repeating: 0, count: Self.registerCount)
  }

  func deallocate() { registers.deallocate() }

  /// Counts a hash whose 64 bits are uniform.
  @inline(__always)
  func insert(_ hash: UInt64) {
    let register = Int(hash >> (64 - Self.indexBits))
    // The bit below those of the rank bounds the count of leading zeros.
    let rest = hash << Self.indexBits | 1 << (Self.indexBits - 1)
    let rank = UInt8(truncatingIfNeeded: rest.leadingZeroBitCount &+ 1)
    if rank > registers[register] { registers[register] = rank }
  }

  /// The estimated number of distinct hashes.
  var estimate: Double {
    var counts = [Double](repeating: 0, count: Self.maxRank + 1)
    for register in 0..<Self.registerCount { counts[Int(registers[register])] += 1 }
    let size = Double(Self.registerCount)
    var sum = size * Self.tau(1 - counts[Self.maxRank] / size)
    for rank in (1..<Self.maxRank).reversed() { sum = 0.5 * (sum + counts[rank]) }
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
