/// How far a pass over the data has come.
public struct ReadingProgress: Equatable, Sendable {
  /// Rows delivered, bad ones not among them.
  public var rows = 0
  /// Bytes of the files used so far, as stored.
  public var bytesRead = 0
  /// Bytes of all files, as stored; nil where one is a pipe.
  public var totalBytes: Int?
  /// Seconds that the reading thread spent on reading and inflating.
  public var readSeconds = 0.0
  /// Seconds that the encoding thread spent on parsing, encoding and shuffling, or on reading encoded rows.
  public var encodeSeconds = 0.0
  /// Bad rows left out so far.
  public var badRows = 0
  /// What is wrong with the first five of them, and where.
  public var badRowMessages: [String] = []

  /// The beginning.
  public init() {}

  init(
    rows: Int, read: (bytes: Int, seconds: Double), totalBytes: Int?, encodeSeconds: Double,
    badRows: (count: Int, messages: [String])
  ) {
    self.rows = rows
    bytesRead = read.bytes
    self.totalBytes = totalBytes
    readSeconds = read.seconds
    self.encodeSeconds = encodeSeconds
    (self.badRows, badRowMessages) = badRows
  }
}
