/// Recognises lines that may be a repeated header, by the text of their last column.
///
/// Rows with labels do not need it: a column's name is no label.
struct HeaderNames {
  private let column: Int
  private let names: [Int: [[UInt8]]]

  /// Nil where lines cannot repeat a header, or show it by their labels.
  init?(_ layout: FileLayout) {
    guard layout.hasHeader, layout.labelColumn == nil else { return nil }
    column = layout.columnCount - 1
    names = Dictionary(
      grouping: layout.columnNames.prefix(layout.columnCount).map { Array($0.utf8) }, by: \.count)
  }

  /// Whether the last column of a line holds a column's name.
  func mayBe(_ columns: ColumnTable) -> Bool {
    let count = Int(columns.counts[column])
    guard let names = names[count] else { return false }
    let text = UnsafeBufferPointer(start: columns.starts[column], count: count)
    return names.contains { $0.elementsEqual(text) }
  }
}
