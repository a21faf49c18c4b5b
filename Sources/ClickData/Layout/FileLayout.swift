/// Where the label and the fields stand in the lines of one file.
///
/// Columns `columnCount…columnCount + 2` are derived: hour, weekday and weekend.
struct FileLayout {
  /// A column that holds several values.
  struct List: Equatable {
    /// The field, by its place among the fields.
    var field: Int
    var column: Int
    /// What stands between the values.
    var splitter: UInt8
    /// The most values of one line.
    var most: Int
  }

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
  /// The columns that hold several values, in the order of their fields.
  var lists: [List] = []
  /// What the features of a line are, where there are features and no columns.
  var features: FeatureTable?

  /// The column of the text that a column is, or is derived from.
  func realColumn(_ column: Int) -> Int { column < columnCount ? column : hourColumn ?? 0 }

  /// The list of each field that holds several values.
  func list(ofField field: Int) -> Int? { lists.firstIndex { $0.field == field } }
}
