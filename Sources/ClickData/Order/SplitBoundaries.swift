/// Where a source that is ordered by a column is divided into splits.
///
/// Rows up to the first key train, those after it up to the second are for validation, and the rest
/// for the test. Rows with equal keys are in one split.
public struct SplitBoundaries: Codable, Equatable, Sendable {
  /// The column.
  public let by: String
  /// Whether its texts are numbers, times or other texts.
  let kind: OrderKey.Kind
  /// The last key of the training rows, then of the validation rows, in hexadecimal.
  let keys: [String]
  /// The values of these keys, for people.
  public let last: [String]
  /// The rows of the three splits when the boundaries were determined.
  public let rows: [Int]

  init(by: String, kind: OrderKey.Kind, keys: [OrderKey], rows: [Int]) {
    self.by = by
    self.kind = kind
    self.keys = keys.map(\.hexadecimal)
    last = keys.map { $0.text(as: kind) }
    self.rows = rows
  }

  /// The split's share of the rows.
  func share(of split: Split) -> Double {
    Double(rows[split == .train ? 0 : split == .valid ? 1 : 2]) / Double(max(1, rows.reduce(0, +)))
  }

  /// What the rows of a split depend on, for the recipe of a cache.
  func recipe(of split: Split) -> String {
    "\(split) by \(by) as \(kind) up to \(keys.joined(separator: ", "))"
  }

  /// What `kind` compares, for people.
  public var order: String { kind.rawValue }

  /// Whether it is what was written; keys of other programs may not be.
  var isValid: Bool {
    order(of: .train) != nil && last.count == 2 && rows.count == 3 && rows.allSatisfy { $0 >= 0 }
      && rows.reduce(0) { $0.addingReportingOverflow($1).partialValue } >= 0
  }

  /// The rows of a split in the order of the column, or those of them within some keys; nil where a
  /// key is not what was written.
  func order(of split: Split, within part: DataPart.Keys? = nil) -> RowOrderColumn? {
    let found = keys.compactMap(OrderKey.init(hexadecimal:))
    guard found.count == 2 else { return nil }
    let low = split == .train ? nil : split == .valid ? found[0] : found[1]
    let high = split == .train ? found[0] : split == .valid ? found[1] : nil
    return RowOrderColumn(
      by: by, kind: kind, above: [low, part?.above].compactMap(\.self).max(),
      upTo: [high, part?.upTo].compactMap(\.self).min())
  }

  /// The last key of the training rows; nil where it is not what was written.
  var lastTrainingKey: OrderKey? { keys.first.flatMap(OrderKey.init(hexadecimal:)) }
}

/// The column by whose order rows belong to splits, and the rows of one split.
final class RowOrderColumn {
  let by: String
  /// How the texts are compared; nil before the first row where the settings do not declare it.
  private(set) var kind: OrderKey.Kind?
  /// The key of the last row.
  private(set) var key: OrderKey?

  private let low: OrderKey?
  private let high: OrderKey?
  // Of the current file.
  private var column = 0
  private var pathKey: OrderKey?
  private var isInPath = false

  /// The rows whose key is above `low` and at most `high`, where these are given.
  init(by: String, kind: OrderKey.Kind?, above low: OrderKey? = nil, upTo high: OrderKey? = nil) {
    self.by = by
    self.kind = kind
    self.low = low
    self.high = high
  }

  /// Whether the split has the rows whose key is unknown: one split has to report them.
  var hasUnknownRows: Bool { low == nil }

  /// Finds the column in a file; throws `DataFailure` where it has none.
  func begin(_ layout: FileLayout, path: String, line: Int) throws {
    isInPath = false
    if let found = layout.columnNames.firstIndex(of: by) {
      column = found
    } else if let value = InputPaths.partitions(of: path).last(where: { $0.key == by })?.value {
      isInPath = true
      let text = Array(value.utf8).withUnsafeBufferPointer(TextChunk.init(copying:))
      pathKey = read(text.bytes, text.count)
    } else {
      throw DataFailure.header(
        .missing(by, header: layout.columnNames), path: path, line: max(line, 1))
    }
  }

  /// Whether a row belongs to the split; nil where its key is unknown.
  @inline(__always)
  func contains(_ columns: ColumnTable) -> Bool? {
    key = isInPath ? pathKey : read(columns.starts[column], Int(columns.counts[column]))
    guard let key else { return nil }
    if let low, key <= low { return false }
    if let high, high < key { return false }
    return true
  }

  var fault: RowFault { .order(column: column, expected: (kind ?? .text).expected) }

  private func read(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> OrderKey? {
    guard count > 0 else { return nil }
    let kind = kind ?? OrderKey.Kind(of: text, count)
    self.kind = kind
    return OrderKey(text, count, as: kind)
  }
}
