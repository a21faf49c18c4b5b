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
        guard let end = unescape(line, from: next, into: slot) else {
          return (column + 1, .openQuote(column: slot))
        }
        guard end == line.count || base[end] == delimiter else {
          return (column + 1, .textAfterQuote(column: slot))
        }
        next = end
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

  /// Takes the quotes off the column that begins at `open`; returns where it ends, nil where it does not.
  private func unescape(
    _ line: UnsafeMutableBufferPointer<UInt8>, from open: Int, into column: Int
  ) -> Int? {
    var read = open + 1
    var write = open
    while read < line.count {
      if line[read] == 0x22 {
        guard read + 1 < line.count, line[read + 1] == 0x22 else {
          counts[column] = Int32(write - open)
          return read + 1
        }
        read += 1
      }
      line[write] = line[read]
      write += 1
      read += 1
    }
    return nil
  }
}
