/// Where the columns of one line begin, and how many bytes each has.
///
/// The text stays where it was read. Columns beyond those of the file may point at derived text.
final class ColumnTable {
  let capacity: Int
  let starts: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
  let counts: UnsafeMutablePointer<Int32>
  private let nothing: UnsafeMutablePointer<UInt8>

  /// Makes room for `capacity` columns.
  init(capacity: Int) {
    self.capacity = capacity
    nothing = .allocate(capacity: TextChunk.margin)
    nothing.initialize(repeating: 0, count: TextChunk.margin)
    starts = .allocate(capacity: capacity)
    starts.initialize(repeating: nothing, count: capacity)
    counts = .allocate(capacity: capacity)
    counts.initialize(repeating: 0, count: capacity)
  }

  deinit {
    starts.deallocate()
    counts.deallocate()
    nothing.deallocate()
  }

  /// Cuts a line at a delimiter and returns the number of columns; those beyond `limit` are only counted.
  ///
  /// Behind the line there must be `TextChunk.margin` bytes that may be read, whatever they hold.
  ///
  /// Eight bytes are compared at a time: `x = word ^ delimiters` has a zero byte where one matches, and
  /// `~(((x & 0x7f…) + 0x7f…) | x | 0x7f…)` has exactly the top bits of the zero bytes.
  @inline(__always)
  func split(
    _ line: UnsafeMutableBufferPointer<UInt8>, at delimiter: UInt8, limit: Int
  ) -> Int {
    guard let base = line.baseAddress else { return 0 }
    let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    let pattern = 0x0101_0101_0101_0101 &* UInt64(delimiter)
    var column = 0
    var start = 0
    var offset = 0
    while offset < line.count {
      let word = UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self).littleEndian
      let x = word ^ pattern
      var matches = ~(((x & low) &+ low) | x | low)
      let rest = line.count &- offset
      if rest < 8 { matches &= (1 << UInt64(rest &* 8)) &- 1 }
      while matches != 0 {
        let end = offset &+ (matches.trailingZeroBitCount >> 3)
        if column < limit {
          starts[column] = base + start
          counts[column] = Int32(truncatingIfNeeded: end &- start)
        }
        column &+= 1
        start = end &+ 1
        matches &= matches &- 1
      }
      offset &+= 8
    }
    if column < limit {
      starts[column] = base + start
      counts[column] = Int32(truncatingIfNeeded: line.count &- start)
    }
    return column &+ 1
  }
}
