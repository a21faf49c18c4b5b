/// Where the label and the fields are in the lines of one file.
///
/// Columns from `columnCount` on are derived: three for each point in time, then one for each value
/// in the file's path.
struct FileLayout {
  struct List: Equatable {
    var field: Int
    var column: Int
    var splitter: UInt8
    var capacity: Int
    /// Whether the last values of a longer list are kept, not the first ones.
    var keepsLast = false
  }

  /// A column from which three are derived.
  struct Time: Equatable {
    var column: Int
    var form: TimeColumns.Form
  }

  /// Columns whose texts are carried beside the encoded rows.
  struct Carried: Equatable {
    /// Which text of a column is carried.
    enum Form {
      /// The bytes in the file.
      case written
      /// Without quotes, and empty where the settings call it missing.
      case value
    }

    var columns: [Int]
    var form: Form
  }

  /// The columns that a line must have.
  var columnCount: Int
  var delimiter: UInt8
  var quotes = false
  /// The label's column; nil where rows are read without their labels.
  var labelColumn: Int?
  /// The column of the row's weight; nil where every row counts once.
  var weightColumn: Int?
  /// The columns that hold points in time.
  var times: [Time] = []
  /// The values of the file's path that fields have, such as "2026-11-01" for `dt=2026-11-01`.
  var pathValues: [String] = []
  /// Whether a header names the columns.
  var hasHeader = false
  /// The column of each field, including derived ones.
  var fieldColumns: [Int]
  /// For sentences about a column.
  var columnNames: [String]
  /// The columns that hold several values, in the order of their fields.
  var lists: [List] = []
  /// The columns of a line without its label, as long as no line has shown whether labels are
  /// there.
  var unlabelledColumnCount: Int?
  /// The columns whose texts are carried; nil for none.
  var carried: Carried?
  /// What splits lines whose columns are not separated by a delimiter; nil for all others.
  var cutter: (any LineCutter)?

  /// What a label may be.
  private static let labels = "0 or 1 (dataset.positive specifies another value of a click)"

  private static let weights = "a weight from 0 to 3.4e38 (dataset.weight names its column)"

  private static let quoteAdvice = " (dataset.quote: none reads quotes as text)"

  /// Avazu's hour; nil in other formats.
  var hourColumn: Int? { times.first { $0.form == .avazuHour }?.column }

  /// The list of a field that holds several values.
  func list(ofField field: Int) -> Int? { lists.firstIndex { $0.field == field } }

  /// What the user reads about a fault in a line that was split into `columns`.
  func failure(_ fault: RowFault, path: String, line: Int, columns: ColumnTable) -> DataFailure {
    switch fault {
    case .columns(let found):
      return .badRow(
        path: path, line: line, column: nil,
        expected: "\(columnCount) columns"
          + (unlabelledColumnCount.map { ", or \($0) without the label" } ?? ""),
        found: "\(found)")
    case .label: return at(labelColumn ?? 0, Self.labels)
    case .header: return at(0, "a row")
    case .weight(let column): return at(column, Self.weights)
    case .number(let column): return at(column, "a number")
    case .range(let column): return at(column, "a number of at most 3.4e38 in size")
    case .hour(let column): return at(column, "an hour as YYMMDDHH")
    case .timestamp(let column):
      return at(
        column, "a time as in ISO 8601 (2026-11-01T10:00:00), or seconds or milliseconds since 1970"
      )
    case .order(let column, let expected): return at(column, expected)
    case .openQuote(let column): return at(column, "a closing double quote\(Self.quoteAdvice)")
    case .textAfterQuote(let column):
      return at(column, "a delimiter after the closing double quote\(Self.quoteAdvice)")
    case .feature(let fault):
      return at(
        columnCount + 1, cutter?.expected(fault) ?? "a column",
        name: fault.field.map { columnNames[$0 + 1] } ?? "feature")
    }

    func at(_ column: Int, _ expected: String, name: String? = nil) -> DataFailure {
      // A derived column is described by the one that it comes from.
      let derived = (column - columnCount) / 3
      let real = column < columnCount ? column : derived < times.count ? times[derived].column : 0
      let number = cutter == nil ? real + 1 : Int(columns.places[column])
      return .badRow(
        path: path, line: line, column: .init(number: number, name: name ?? columnNames[real]),
        expected: expected,
        found: Excerpt.quoted(
          .init(start: columns.starts[column], count: Int(columns.counts[column]))))
    }
  }
}

/// Splits the lines of a format whose columns are not what is between two delimiters.
///
/// Column 0 is the label, the next ones are the fields, column `columnCount` is the whole line, and
/// the one after it, after a fault, the text at which the line could not be split.
protocol LineCutter: AnyObject {
  /// Fills `columns` with those of a line, or returns what is wrong with it.
  func cut(_ line: UnsafeMutableBufferPointer<UInt8>, into columns: ColumnTable) -> RowFault?
  /// What was expected in place of an entry.
  func expected(_ fault: FeatureFault) -> String
}
