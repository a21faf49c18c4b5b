import ClickData

/// What passes over one split read: rows, bad rows and the seconds of the stages before the model.
public struct PassRecord: Equatable, Sendable {
  /// Rows of the last pass.
  public private(set) var rows = 0
  /// Bad rows of the last pass.
  public private(set) var badRows = 0
  /// The first bad rows of the last pass, a line each.
  public private(set) var firstBadRows: [String] = []
  /// Seconds of reading, over all passes.
  public private(set) var readSeconds = 0.0
  /// Seconds of encoding, over all passes.
  public private(set) var encodeSeconds = 0.0

  /// Nothing read yet.
  public init() {}

  /// Adds a pass that has ended.
  mutating func add(_ pass: ReadingProgress) {
    rows = pass.rows
    badRows = pass.badRows
    firstBadRows = pass.badRowMessages
    readSeconds += pass.readSeconds
    encodeSeconds += pass.encodeSeconds
  }
}
