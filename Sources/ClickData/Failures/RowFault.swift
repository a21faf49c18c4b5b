/// What is wrong with one row, as the inner loops say it: nothing is allocated before it is reported.
enum RowFault {
  case columns(found: Int)
  case label
  case number(column: Int)
  case range(column: Int)
  case hour(column: Int)
  case openQuote(column: Int)
  case textAfterQuote(column: Int)
  case feature(FeatureFault)

  /// The failure a user reads.
  func failure(
    path: String, line: Int, layout: FileLayout, columns: ColumnTable
  ) -> DataFailure {
    switch self {
    case .columns(let found):
      return .badRow(
        path: path, line: line, column: nil, expected: "\(layout.columnCount) columns",
        found: "\(found)")
    case .label:
      return at(layout.labelColumn, layout.features == nil ? "0 or 1" : "0, 1, -1 or +1")
    case .number(let column): return at(column, "a number")
    case .range(let column): return at(column, "a number of at most 3.4e38 in size")
    case .hour(let column): return at(column, "an hour as YYMMDDHH")
    case .openQuote(let column): return at(column, "a closing double quote")
    case .textAfterQuote(let column):
      return at(column, "a delimiter after the closing double quote")
    case .feature(let fault):
      guard let table = layout.features else { return at(0, "a column") }
      // The column behind the line's own holds the feature.
      return at(
        layout.columnCount + 1, fault.expected(table, layout),
        name: fault.field.map { layout.columnNames[$0 + 1] } ?? "feature")
    }

    func at(_ column: Int, _ expected: String, name: String? = nil) -> DataFailure {
      let real = layout.realColumn(column)
      let number = layout.features == nil ? real + 1 : Int(columns.places[column])
      return .badRow(
        path: path, line: line,
        column: .init(number: number, name: name ?? layout.columnNames[real]),
        expected: expected,
        found: Excerpt.quoted(columns.starts[column], count: Int(columns.counts[column])))
    }
  }
}
