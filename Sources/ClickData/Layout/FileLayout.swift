/// Where the label and the fields stand in the lines of one file.
///
/// Columns `columnCount…columnCount + 2` are derived: hour, weekday and weekend.
struct FileLayout {
  /// The columns a line must have.
  var columnCount: Int
  var delimiter: UInt8
  /// Whether a column may stand in double quotes.
  var quotes = false
  var labelColumn: Int
  /// The column that the derived ones come from.
  var hourColumn: Int?
  /// The column of each field, derived ones among them.
  var fieldColumns: [Int]
  /// For sentences about a column.
  var columnNames: [String]

  /// The column of the text that a column is, or is derived from.
  func realColumn(_ column: Int) -> Int { column < columnCount ? column : hourColumn ?? 0 }
}
