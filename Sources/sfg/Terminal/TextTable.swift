/// Rows of text in aligned columns, under a heading.
struct TextTable {
  /// The side of a column on which its texts line up.
  enum Alignment {
    /// For words.
    case left
    /// For numbers.
    case right
  }

  private let alignments: [Alignment]
  private var rows: [[String]]

  /// A table without rows; each column has a heading and a side.
  init(_ columns: KeyValuePairs<String, Alignment>) {
    self.init(columns.map { ($0.key, $0.value) })
  }

  /// The same of columns that are not known before.
  init(_ columns: [(heading: String, side: Alignment)]) {
    alignments = columns.map(\.side)
    rows = [columns.map(\.heading)]
  }

  /// Adds a row, a text a column.
  mutating func add(_ row: String...) { add(row) }

  /// The same of a row that is put together.
  mutating func add(_ row: [String]) {
    precondition(
      row.count == alignments.count,
      "TextTable: a row of \(row.count) texts in a table of \(alignments.count) columns")
    rows.append(row)
  }
}

extension TextTable: CustomStringConvertible {
  /// The heading and the rows, a line each, without spaces at their ends.
  var description: String {
    let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let line = alignments.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return alignments[column] == .left ? row[column] + space : space + row[column]
      }.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}
