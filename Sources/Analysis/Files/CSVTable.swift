import Platform

/// A table as comma-separated text (RFC 4180, lines end in a line feed).
///
/// Numbers read back to the same bits; what is not finite is an empty cell.
public struct CSVTable {
  /// What stands in one place of the table.
  public enum Cell {
    /// A text, quoted where it holds a comma, a quote or a line break.
    case text(String)
    /// An integer.
    case integer(Int)
    /// A number.
    case number(Double)
    /// Nothing.
    case empty
  }

  private let columns: Int
  private var lines: String

  /// Starts a table with its header.
  public init(header: [String]) {
    columns = header.count
    lines = header.map(Self.quoted).joined(separator: ",") + "\n"
  }

  /// Appends a row, filled up with empty cells.
  public mutating func append(_ cells: [Cell]) {
    precondition(cells.count <= columns, "CSVTable: \(cells.count) cells in \(columns) columns")
    lines += cells.map(Self.text).joined(separator: ",")
    lines += String(repeating: ",", count: columns - cells.count) + "\n"
  }

  /// The whole table.
  public var text: String { lines }

  /// Writes the table to a path.
  public func write(to path: String) throws { try AtomicFile.write(lines, to: path) }

  private static func text(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): quoted(text)
    case .integer(let value): "\(value)"
    case .number(let value): value.isFinite ? "\(value)" : ""
    case .empty: ""
    }
  }

  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
