/// Cuts the lines of one file into columns, as its layout says.
final class LineSplitter {
  let layout: FileLayout
  /// The columns of the last line.
  let columns: ColumnTable
  private let hour = HourText()
  private let features: FeatureLine?

  init(_ layout: FileLayout) {
    self.layout = layout
    // Three more for derived columns.
    columns = ColumnTable(capacity: layout.columnCount + 3, lists: layout.lists)
    features = layout.features.map(FeatureLine.init)
  }

  /// Fills `columns` with those of a line, or says what is wrong with it.
  @inline(__always)
  func split(_ line: UnsafeMutableBufferPointer<UInt8>) -> RowFault? {
    if let features { return features.cut(line, into: columns) }
    let found: Int
    if layout.quotes {
      let result = columns.splitQuoted(line, at: layout.delimiter, limit: layout.columnCount)
      if let fault = result.fault { return fault }
      found = result.columns
    } else {
      found = columns.split(line, at: layout.delimiter, limit: layout.columnCount)
    }
    guard found == layout.columnCount else { return .columns(found: found) }
    if let column = layout.hourColumn {
      guard
        hour.derive(
          columns.starts[column], Int(columns.counts[column]), in: columns,
          from: layout.columnCount)
      else { return .hour(column: column) }
    }
    for (index, list) in layout.lists.enumerated() {
      columns.lists[index].cut(
        columns.starts[list.column], Int(columns.counts[list.column]), at: list.splitter)
    }
    return nil
  }
}
