/// What is wrong with one row, as the inner loops say it: nothing is allocated before it is reported.
enum RowFault {
  case columns(found: Int)
  case label
  case number(column: Int)
  case range(column: Int)
  case hour(column: Int)
  case openQuote(column: Int)
  case textAfterQuote(column: Int)

  /// The failure a user reads.
  func failure(
    path: String, line: Int, layout: FileLayout, columns: ColumnTable
  ) -> DataFailure {
    switch self {
    case .columns(let found):
      return .badRow(
        path: path, line: line, column: nil, expected: "\(layout.columnCount) columns",
        found: "\(found)")
    case .label: return at(layout.labelColumn, "0 or 1")
    case .number(let column): return at(column, "a number")
    case .range(let column): return at(column, "a number of at most 3.4e38 in size")
    case .hour(let column): return at(column, "an hour as YYMMDDHH")
    case .openQuote(let column): return at(column, "a closing double quote")
    case .textAfterQuote(let column):
      return at(column, "a delimiter after the closing double quote")
    }

    func at(_ column: Int, _ expected: String) -> DataFailure {
      let name = layout.columnNames[layout.realColumn(column)]
      return .badRow(
        path: path, line: line, column: .init(number: layout.realColumn(column) + 1, name: name),
        expected: expected,
        found: Excerpt.quoted(columns.starts[column], count: Int(columns.counts[column])))
    }
  }
}
