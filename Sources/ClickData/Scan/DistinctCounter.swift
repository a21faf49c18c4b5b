/// Counts distinct hashes: exactly up to 65,536 of them, by `HyperLogLog` beyond.
///
/// The count does not depend on the order in which the hashes come. A struct over memory of its own, which
/// `deallocate` gives back: it is reached from an inner loop, where a class would be counted at every value.
struct DistinctCounter {
  /// The most hashes that are counted exactly.
  static let mostExact = 1 << 16

  /// Eight hashes that are compared at once; 0 marks a free place.
  private typealias Line = SIMD8<UInt64>

  // A set of lines, at most half full: a hash is in the line that its low bits name, or, where that is full,
  // in one of those that follow.
  private var lines: UnsafeMutablePointer<Line>
  private var mask: Int
  private var count = 0
  private var sketch: HyperLogLog?

  init() {
    (lines, mask) = Self.makeLines(1 << 3)
  }

  /// Gives the memory back.
  func deallocate() {
    lines.deallocate()
    sketch?.deallocate()
  }

  /// How many distinct hashes there were, and whether that is exact.
  var distinct: (count: Int, exact: Bool) {
    sketch.map { (Int($0.estimate.rounded()), false) } ?? (count, true)
  }

  /// Takes note of a hash whose 64 bits are uniform.
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
    guard count < Self.mostExact else { return switchToSketch(adding: hash) }
    put(hash, in: line)
    count += 1
    if count > 4 * (mask + 1), count < Self.mostExact { grow() }
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
