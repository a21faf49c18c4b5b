import CVector
import Glibc

/// Where the columns of one line start, and how many bytes each has.
///
/// The text is not copied. Columns beyond those of the file may point at derived text.
final class ColumnTable {
  let capacity: Int
  let starts: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
  let counts: UnsafeMutablePointer<Int32>
  /// Which text of its line a column is, from 1, in formats with a `LineCutter`; 0 for none.
  let places: UnsafeMutablePointer<Int32>
  /// The values of the columns that hold several, in the order of the layout.
  let lists: [ValueList]
  /// The texts of the line that are carried beside its record; nil for none.
  let carried: CarriedTexts?
  /// The weight of the row; 1 where the layout has no column of weights.
  var weight: Float = 1
  private let nothing: UnsafeMutablePointer<UInt8>

  init(
    capacity: Int, lists: [(capacity: Int, keepsLast: Bool)] = [], carried: CarriedTexts? = nil
  ) {
    self.capacity = capacity
    self.carried = carried
    let nothing = UnsafeMutablePointer<UInt8>.allocate(capacity: TextChunk.margin)
    nothing.initialize(repeating: 0, count: TextChunk.margin)
    self.nothing = nothing
    self.lists = lists.map {
      ValueList(capacity: $0.capacity, keepsLast: $0.keepsLast, nothing: nothing)
    }
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

  /// Points a column at a text, which is number `place` of its line.
  @inline(__always)
  func set(_ column: Int, _ start: UnsafeMutablePointer<UInt8>, _ count: Int, place: Int = 0) {
    starts[column] = start
    counts[column] = Int32(truncatingIfNeeded: count)
    places[column] = Int32(truncatingIfNeeded: place)
  }

  /// The text of a column, for people.
  func text(_ column: Int) -> String {
    String(
      decoding: UnsafeBufferPointer(start: starts[column], count: Int(counts[column])),
      as: UTF8.self)
  }

  /// Points columns at texts that stay the same in all lines; they are valid with the result.
  func append(_ texts: [String], from first: Int) -> TextChunk {
    let bytes = texts.map { Array($0.utf8) }
    let chunk = TextChunk(capacity: bytes.reduce(0) { $0 + $1.count + 1 })
    var next = chunk.bytes
    for (index, text) in bytes.enumerated() {
      next.update(from: text, count: text.count)
      set(first + index, next, text.count)
      next += text.count + 1
    }
    return chunk
  }

  /// Splits a line at a delimiter; returns how many columns there are, also beyond `limit`.
  ///
  /// `TextChunk.margin` bytes after the line must be readable. 64 bytes are compared at a time: the
  /// number of delimiters in fewer bytes varies too much for a branch predictor.
  @inline(__always)
  func split(_ line: UnsafeMutableBufferPointer<UInt8>, at delimiter: UInt8, limit: Int) -> Int {
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

  /// Splits a line with columns in double quotes, where delimiters are text and `""` is a quote.
  ///
  /// A quote is special only as the first byte of a column. Quoted text is unescaped in place: it
  /// never grows. Every line feed ends a line, also between quotes.
  func splitQuoted(
    _ line: UnsafeMutableBufferPointer<UInt8>, at delimiter: UInt8, limit: Int
  ) -> (columns: Int, fault: RowFault?) {
    guard let base = line.baseAddress, memchr(base, 0x22, line.count) != nil else {
      return (split(line, at: delimiter, limit: limit), nil)
    }
    var column = 0
    var next = 0
    while true {
      let slot = min(column, limit - 1)
      starts[slot] = base + next
      counts[slot] = Int32(line.count - next)
      if next < line.count, base[next] == 0x22 {
        guard let close = closingQuote(in: line, from: next + 1) else {
          return (column + 1, .openQuote(column: slot))
        }
        guard close + 1 == line.count || base[close + 1] == delimiter else {
          return (column + 1, .textAfterQuote(column: slot))
        }
        counts[slot] = unescape(base + next, count: close - next)
        next = close + 1
      } else {
        let found = memchr(base + next, Int32(delimiter), line.count - next)
        let end = found.map { $0 - UnsafeMutableRawPointer(base) } ?? line.count
        counts[slot] = Int32(end - next)
        next = end
      }
      column += 1
      guard next < line.count else { return (column, nil) }
      next += 1
    }
  }

  /// The first quote that is not doubled; nil where there is none.
  private func closingQuote(in line: UnsafeMutableBufferPointer<UInt8>, from start: Int) -> Int? {
    var index = start
    while index < line.count {
      if line[index] == 0x22 {
        guard index + 1 < line.count, line[index + 1] == 0x22 else { return index }
        index += 1
      }
      index += 1
    }
    return nil
  }

  /// Removes the first quote of a text and one of each doubled quote; returns the new length.
  private func unescape(_ text: UnsafeMutablePointer<UInt8>, count: Int) -> Int32 {
    var read = 1
    var write = 0
    while read < count {
      text[write] = text[read]
      read += text[read] == 0x22 ? 2 : 1
      write += 1
    }
    return Int32(write)
  }
}
