/// Splits the lines of one file into columns, as its layout prescribes.
///
/// Labels become "0" and "1", and values that the settings call missing become empty.
final class LineSplitter {
  let layout: FileLayout
  let columns: ColumnTable
  private let hour = AvazuHour()
  private let cutter: (any LineCutter)?
  private let label: LabelText
  private let missing: MissingTokens?
  /// The columns in which values may be missing.
  private let valueColumns: [Int]

  init(_ layout: FileLayout, _ rules: ValueRules) {
    self.layout = layout
    // Three more for derived columns.
    columns = ColumnTable(capacity: layout.columnCount + 3, lists: layout.lists)
    cutter = layout.cutter
    label = LabelText(rules, name: layout.columnNames[layout.labelColumn])
    missing = rules.missing
    valueColumns = layout.fieldColumns.filter { $0 < layout.columnCount }
  }

  /// Fills `columns` with those of a line, or returns what is wrong with it.
  @inline(__always)
  func split(_ line: UnsafeMutableBufferPointer<UInt8>) -> RowFault? {
    if let fault = cut(line) { return fault }
    guard label.normalise(layout.labelColumn, of: columns) else { return .label }
    if let missing { clear(missing) }
    if let column = layout.hourColumn {
      guard
        hour.derive(
          columns.starts[column], Int(columns.counts[column]), in: columns,
          from: layout.columnCount)
      else { return .hour(column: column) }
    }
    guard cutter == nil else { return nil }
    for (index, list) in layout.lists.enumerated() {
      columns.lists[index].read(
        columns.starts[list.column], Int(columns.counts[list.column]), splitter: list.splitter,
        missing: missing)
    }
    return nil
  }

  @inline(__always)
  private func cut(_ line: UnsafeMutableBufferPointer<UInt8>) -> RowFault? {
    if let cutter { return cutter.cut(line, into: columns) }
    let found: Int
    if layout.quotes {
      let result = columns.splitQuoted(line, at: layout.delimiter, limit: layout.columnCount)
      if let fault = result.fault { return fault }
      found = result.columns
    } else {
      found = columns.split(line, at: layout.delimiter, limit: layout.columnCount)
    }
    return found == layout.columnCount ? nil : .columns(found: found)
  }

  private func clear(_ missing: MissingTokens) {
    for column in valueColumns
    where missing.contains(columns.starts[column], Int(columns.counts[column])) {
      columns.counts[column] = 0
    }
  }
}
