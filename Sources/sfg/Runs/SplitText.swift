import ClickData
import Platform

/// Where a source is divided by the order of a column, as one line.
enum SplitText {
  /// The rows of each split, and the last value of the training and validation rows.
  static func line(_ split: SplitBoundaries) -> String {
    let rows = split.rows.map { Readable.count($0) }
    return "split by \(split.by) (\(split.order)): \(rows[0]) rows train, up to \(split.last[0]); "
      + "\(rows[1]) are for validation, up to \(split.last[1]); \(rows[2]) for the test"
  }

  /// The same for programs.
  static func json(_ split: SplitBoundaries) -> JSONValue {
    let names = Split.allCases.map { "\($0)" }
    return .object(
      [("by", .text(split.by)), ("order", .text(split.order))]
        + zip(names, split.rows).map { ("\($0)_rows", .integer($1)) }
        + zip(names, split.last).map { ("\($0)_last", .text($1)) })
  }
}
