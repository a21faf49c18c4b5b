import Platform

/// Reads the column names of a file ahead of any pass over it.
enum HeaderPeek {
  /// The names in the first line of a file that is not blank.
  static func names(of path: String, delimiter: UInt8?) throws -> [String] {
    let chunks = ChunkReader(paths: [path])
    let thread = chunks.start()
    defer {
      chunks.cancel()
      thread.join()
    }
    var line = 0
    while let chunk = chunks.next() {
      var lines = try LineCursor(chunk, of: path)
      while let text = lines.line() {
        line += 1
        guard !text.isEmpty else { continue }
        return try Header(text, delimiter: delimiter, quotes: true, path: path, line: line).names
      }
      if let failure = chunk.failure { throw failure.failure(path: path, lastRow: line) }
    }
    throw DataFailure.emptyFile(path: path)
  }
}
