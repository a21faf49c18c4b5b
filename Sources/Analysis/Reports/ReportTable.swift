/// A table of words and numbers whose first column names the rows.
public struct ReportTable {
  /// The content of one cell.
  public enum Cell {
    /// A word, aligned left.
    case word(String)
    /// A number, aligned right.
    case number(String)
    /// A number with its interval below it in small print.
    case estimate(String, interval: String)
    /// The same, of a difference that is significant.
    case significant(String, interval: String)

    /// The word or the number.
    public var text: String {
      switch self {
      case .word(let text), .number(let text), .estimate(let text, _), .significant(let text, _):
        text
      }
    }
  }

  private let caption: String
  /// The headings of the columns.
  public let header: [String]
  private let groups: [(name: String?, rows: [[Cell]])]

  /// The rows of all groups.
  public var rows: [[Cell]] { groups.flatMap(\.rows) }

  init(caption: String, header: [String], rows: [[Cell]]) {
    self.caption = caption
    self.header = header
    groups = [(nil, rows)]
  }

  /// A table whose rows are grouped under names.
  init(caption: String, header: [String], groups: [(name: String, rows: [[Cell]])]) {
    self.caption = caption
    self.header = header
    self.groups = groups.map { ($0.name, $0.rows) }
  }

  /// The table as HTML; it scrolls by itself on a narrow page.
  var markup: String {
    Markup.scrolling(
      """
      <table\(groups.contains { $0.name != nil } ? " class=\"grouped\"" : "")>
      <caption><span>\(Markup.prose(caption))</span></caption>
      <thead><tr>\(header.indices.map(heading).joined())</tr></thead>
      \(groups.map(body).joined())</table>

      """, caption)
  }

  /// Whether a column contains words, which are aligned left.
  public func holdsWords(_ column: Int) -> Bool {
    if case .word? = rows.first?[column] { true } else { rows.isEmpty }
  }

  private func heading(of column: Int) -> String {
    "<th scope=\"col\"\(holdsWords(column) ? " class=\"word\"" : "")>\(Markup.prose(header[column]))</th>"
  }

  private func body(of group: (name: String?, rows: [[Cell]])) -> String {
    let title = group.name.map {
      "<tr><th scope=\"rowgroup\" colspan=\"\(header.count)\">\(Markup.breakable($0))</th></tr>\n"
    }
    return "<tbody>\n\(title ?? "")\(group.rows.map(row).joined())</tbody>\n"
  }

  private func row(of cells: [Cell]) -> String {
    let cells = cells.enumerated().map { column, cell in
      switch cell {
      case .word(let text) where column == 0: "<th scope=\"row\">\(Markup.breakable(text))</th>"
      case .word(let text): "<td class=\"word\">\(Markup.breakable(text))</td>"
      case .number(let text): "<td>\(Markup.escaped(text))</td>"
      case .estimate(let text, let interval):
        "<td>\(Markup.escaped(text))<br><small>\(Markup.escaped(interval))</small></td>"
      case .significant(let text, let interval):
        "<td><strong>\(Markup.escaped(text))</strong>"
          + "<br><small>\(Markup.escaped(interval))</small></td>"
      }
    }
    return "<tr>\(cells.joined())</tr>\n"
  }
}
