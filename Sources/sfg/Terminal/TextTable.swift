import Analysis

/// Rows of text in aligned columns, under headings.
struct TextTable {
  /// The side on which the texts of a column are aligned.
  enum Alignment {
    /// For words.
    case left
    /// For numbers.
    case right
  }

  private let alignments: [Alignment]
  private var rows: [[String]]

  /// Creates a table without rows, of columns with a heading and an alignment.
  init(_ columns: KeyValuePairs<String, Alignment>) {
    self.init(columns.map { ($0.key, $0.value) })
  }

  /// Creates a table without rows; a heading may have several lines.
  init(_ columns: [(heading: String, side: Alignment)]) {
    alignments = columns.map(\.side)
    let headings = columns.map { $0.heading.split(separator: "\n").map(String.init) }
    let height = headings.map(\.count).max() ?? 1
    rows = (0..<height).map { line in
      headings.map { $0.count + line < height ? "" : $0[$0.count + line - height] }
    }
  }

  /// Creates a table with the content of a report's table.
  init(_ table: ReportTable) {
    self.init(
      table.header.enumerated().map { column, heading in
        (heading, table.holdsWords(column) ? .left : .right)
      })
    for row in table.rows { add(row.map(\.text)) }
  }

  /// Adds a row, one text per column.
  mutating func add(_ row: String...) { add(row) }

  /// Adds a row, one text per column.
  mutating func add(_ row: [String]) {
    precondition(
      row.count == alignments.count,
      "TextTable: a row of \(row.count) texts in a table of \(alignments.count) columns")
    rows.append(row)
  }
}

extension TextTable: CustomStringConvertible {
  /// The headings and the rows, one line each, without trailing spaces.
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
