import ClickData

/// What a pass over one split read.
public struct PassRecord: Equatable, Sendable, Codable {
  /// The split's name.
  public let split: String
  /// Rows.
  public internal(set) var rows: Int
  /// Bad rows; nil where the pass was cut short, because the reader was ahead by nobody knows how much.
  public internal(set) var badRows: Int?
  /// The first bad rows, a line each.
  public internal(set) var firstBadRows: [String]

  /// A whole pass.
  init(split: String, _ progress: ReadingProgress) {
    self.split = split
    rows = progress.rows
    badRows = progress.badRows
    firstBadRows = progress.badRowMessages
  }

  /// A pass that was cut short after some rows.
  init(split: String, cutShortAfter rows: Int) {
    self.split = split
    self.rows = rows
    badRows = nil
    firstBadRows = []
  }
}
