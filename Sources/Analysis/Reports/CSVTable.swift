import Platform

/// A table as comma-separated text (RFC 4180, with LF line ends).
///
/// Texts are quoted if they contain a comma, a quote or a line break. Numbers are printed so that
/// they parse back to the same bits; null and non-finite numbers are empty cells.
public struct CSVTable {
  /// The whole table.
  public let text: String

  /// Creates a table; rows are padded with empty cells.
  public init(header: [String], rows: [[JSONValue]]) {
    let lines = rows.map { cells in
      precondition(
        cells.count <= header.count, "CSVTable: \(cells.count) cells in \(header.count) columns")
      return cells.map(Self.text).joined(separator: ",")
        + String(repeating: ",", count: header.count - cells.count)
    }
    text = ([header.map(Self.quoted).joined(separator: ",")] + lines).map { $0 + "\n" }.joined()
  }

  /// Writes the table to a path.
  public func write(to path: String) throws { try AtomicFile.write(text, to: path) }

  private static func text(_ cell: JSONValue) -> String {
    if case .text(let text) = cell { return quoted(text) }
    let text = cell.description
    return text == "null" ? "" : text
  }

  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }
}
