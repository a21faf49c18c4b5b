import Glibc

extension ColumnTable {
  /// Cuts a line in which a column may stand in double quotes, where delimiters are text and `""` is a quote.
  ///
  /// A quote means something only as the first byte of a column. Quoted text is unescaped in place: it
  /// never grows. Lines do not end inside quotes.
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

  /// The first quote that is not one of two; nil where there is none.
  private func closingQuote(
    in line: UnsafeMutableBufferPointer<UInt8>, from start: Int
  ) -> Int? {
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

  /// Moves text that begins with a quote over it and makes one of two quotes; returns how long it is now.
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
