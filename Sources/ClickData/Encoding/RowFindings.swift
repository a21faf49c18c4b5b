/// What a pass found in its good rows that their ids do not show.
public struct RowFindings: Equatable, Sendable, Codable {
  /// Rows in which a field is blank and has the row of values outside its vocabulary, by field.
  public var blanks: [Int] = []
  /// Rows in which every field is blank.
  public var blankRows = 0
  /// Rows with more values in a sequence field than its `max_len`, by field; 0 for other fields.
  public var cuts: [Int] = []

  /// No rows.
  public init() {}
}
