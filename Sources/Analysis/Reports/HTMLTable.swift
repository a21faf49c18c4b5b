/// A table of words and numbers whose first column names the rows.
struct HTMLTable {
  /// What stands in one place.
  enum Cell {
    case word(String)
    case number(String)
    /// A number, and below it in small the interval that it lies in.
    case estimate(String, interval: String)
  }

  private let caption: String
  private let header: [String]
  private let groups: [(name: String?, rows: [[Cell]])]

  init(caption: String, header: [String], rows: [[Cell]]) {
    self.caption = caption
    self.header = header
    groups = [(nil, rows)]
  }

  /// A table whose rows stand under the names of their groups.
  init(caption: String, header: [String], groups: [(name: String, rows: [[Cell]])]) {
    self.caption = caption
    self.header = header
    self.groups = groups.map { ($0.name, $0.rows) }
  }

  /// The table; it scrolls on its own where the page is narrow.
  var markup: String {
    Markup.scrolling(
      """
      <table\(groups.contains { $0.name != nil } ? " class=\"grouped\"" : "")>
      <caption><span>\(Markup.prose(caption))</span></caption>
      <thead><tr>\(header.indices.map(heading).joined())</tr></thead>
      \(groups.map(body).joined())</table>

      """, caption)
  }

  private func heading(of column: Int) -> String {
    let isWord =
      groups.first?.rows.first.map { if case .word = $0[column] { true } else { false } } ?? true
    return
      "<th scope=\"col\"\(isWord ? " class=\"word\"" : "")>\(Markup.prose(header[column]))</th>"
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
      }
    }
    return "<tr>\(cells.joined())</tr>\n"
  }
}
