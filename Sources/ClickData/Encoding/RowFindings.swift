/// What a pass found in its good rows that their ids do not show.
public struct RowFindings: Equatable, Sendable, Codable {
  /// Rows in which a field of one value is blank, by field; 0 for sequences.
  public internal(set) var blanks: [Int] = []
  /// Rows in which every field is blank.
  public internal(set) var blankRows = 0
  /// Rows with more values in a sequence field than its `max_len`, by field; 0 for other fields.
  public internal(set) var cuts: [Int] = []

  /// No rows.
  public init() {}
}
