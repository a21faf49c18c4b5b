import Glibc

/// The values of one sequence field in a line: where each begins, how many bytes it has, and its weight.
///
/// The text stays where it was read.
final class ValueList {
  let capacity: Int
  let starts: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
  let counts: UnsafeMutablePointer<Int32>
  let weights: UnsafeMutablePointer<Float>
  private(set) var count = 0

  /// Makes room for `capacity` values; `nothing` is any text that stays.
  init(capacity: Int, nothing: UnsafeMutablePointer<UInt8>) {
    self.capacity = capacity
    starts = .allocate(capacity: capacity)
    starts.initialize(repeating: nothing, count: capacity)
    counts = .allocate(capacity: capacity)
    counts.initialize(repeating: 0, count: capacity)
    weights = .allocate(capacity: capacity)
    weights.initialize(repeating: 1, count: capacity)
  }

  deinit {
    starts.deallocate()
    counts.deallocate()
    weights.deallocate()
  }

  /// Forgets the line before.
  func clear() { count = 0 }

  /// Takes a value, for which there must be room.
  @inline(__always)
  func add(_ start: UnsafeMutablePointer<UInt8>, _ length: Int, weight: Float) {
    starts[count] = start
    counts[count] = Int32(truncatingIfNeeded: length)
    weights[count] = weight
    count += 1
  }

  /// Takes the values between the splitters of a text in place of others: the first ones, as many as there is room for.
  ///
  /// Between two splitters that touch there is none.
  func cut(_ text: UnsafeMutablePointer<UInt8>, _ length: Int, at splitter: UInt8) {
    count = 0
    var next = 0
    while next < length, count < capacity {
      let found = memchr(text + next, Int32(splitter), length - next)
      let end = found.map { $0 - UnsafeMutableRawPointer(text) } ?? length
      if end > next { add(text + next, end - next, weight: 1) }
      next = end + 1
    }
  }

  /// What tells the values of one row from those of another, in whatever order they stand.
  func key(_ hash: FieldHash) -> UInt64 {
    guard count > 0 else { return RowSample.blank }
    var sum: UInt64 = 0
    for value in 0..<count { sum &+= hash.hash(starts[value], Int(counts[value])) }
    return sum
  }
}
