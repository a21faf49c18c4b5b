import CVector

/// Where the columns of one line begin, and how many bytes each has.
///
/// The text stays where it was read. Columns beyond those of the file may point at derived text.
final class ColumnTable {
  let capacity: Int
  let starts: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
  let counts: UnsafeMutablePointer<Int32>
  /// Which text of its line a column is, from 1, and 0 where there is none: of features, not of columns between delimiters.
  let places: UnsafeMutablePointer<Int32>
  /// The values of the columns that hold several, in the order of the layout's lists.
  let lists: [ValueList]
  private let nothing: UnsafeMutablePointer<UInt8>

  /// Makes room for `capacity` columns, and for the values of lists.
  init(capacity: Int, lists: [FileLayout.List] = []) {
    self.capacity = capacity
    let nothing = UnsafeMutablePointer<UInt8>.allocate(capacity: TextChunk.margin)
    nothing.initialize(repeating: 0, count: TextChunk.margin)
    self.nothing = nothing
    self.lists = lists.map { ValueList(capacity: $0.most, nothing: nothing) }
    starts = .allocate(capacity: capacity)
    starts.initialize(repeating: nothing, count: capacity)
    counts = .allocate(capacity: capacity)
    counts.initialize(repeating: 0, count: capacity)
    places = .allocate(capacity: capacity)
    places.initialize(repeating: 0, count: capacity)
  }

  deinit {
    starts.deallocate()
    counts.deallocate()
    places.deallocate()
    nothing.deallocate()
  }

  /// Points a column at a text, which is the `place`th of its line.
  @inline(__always)
  func set(_ column: Int, _ start: UnsafeMutablePointer<UInt8>, _ count: Int, place: Int = 0) {
    starts[column] = start
    counts[column] = Int32(truncatingIfNeeded: count)
    places[column] = Int32(truncatingIfNeeded: place)
  }

  /// Cuts a line at a delimiter and returns the number of columns; those beyond `limit` are only counted.
  ///
  /// Behind the line there must be `TextChunk.margin` bytes that may be read, whatever they hold. 64 bytes are compared
  /// at a time: how many delimiters there are in fewer, no branch predictor guesses.
  @inline(__always)
  func split(
    _ line: UnsafeMutableBufferPointer<UInt8>, at delimiter: UInt8, limit: Int
  ) -> Int {
    guard let base = line.baseAddress else { return 0 }
    var column = 0
    var start = 0
    var offset = 0
    while offset < line.count {
      var matches = sfg_matches64(base + offset, delimiter)
      let rest = line.count &- offset
      if rest < 64 { matches &= (1 << UInt64(rest)) &- 1 }
      while matches != 0 {
        let end = offset &+ matches.trailingZeroBitCount
        if column < limit {
          starts[column] = base + start
          counts[column] = Int32(truncatingIfNeeded: end &- start)
        }
        column &+= 1
        start = end &+ 1
        matches &= matches &- 1
      }
      offset &+= 64
    }
    if column < limit {
      starts[column] = base + start
      counts[column] = Int32(truncatingIfNeeded: line.count &- start)
    }
    return column &+ 1
  }
}
