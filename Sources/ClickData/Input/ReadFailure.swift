import Platform

/// Why bytes stopped coming, before it is known which row was the last good one.
enum ReadFailure: Error {
  case file(FileFailure)
  case truncated(offset: Int)
  case corrupt(offset: Int, reason: String)
  case bytesAfterGzip(offset: Int)
  case lineTooLong
  case changed

  /// Whether the bytes are not those that were once compressed, so that the text before may be wrong.
  var isDamage: Bool {
    switch self {
    case .truncated, .corrupt, .bytesAfterGzip, .changed: true
    case .file, .lineTooLong: false
    }
  }

  /// The failure a user reads, once the last line's number is known.
  func failure(path: String, lastRow: Int) -> any Error {
    switch self {
    case .file(let failure): failure
    case .truncated(let offset):
      DataFailure.truncatedGzip(path: path, offset: offset, lastRow: lastRow)
    case .corrupt(let offset, let reason):
      DataFailure.corruptGzip(path: path, offset: offset, lastRow: lastRow, reason: reason)
    case .bytesAfterGzip(let offset):
      DataFailure.bytesAfterGzip(path: path, offset: offset, lastRow: lastRow)
    case .lineTooLong: DataFailure.lineTooLong(path: path, line: lastRow + 1)
    case .changed: DataFailure.changedFile(path: path, lastRow: lastRow)
    }
  }
}
