/// Splits the lines of one file into columns, as its layout prescribes.
///
/// Labels become "0" and "1", and values that the settings call missing become empty.
final class LineSplitter {
  let layout: FileLayout
  let columns: ColumnTable
  private let times = TimeColumns()
  private let pathTexts: TextChunk
  private let cutter: (any LineCutter)?
  private let label: LabelText?
  private let headerNames: HeaderNames?
  private let carrier: ColumnCarrier?
  private let missing: MissingTokens?
  private let weightColumn: Int?
  /// The columns in which values may be missing.
  private let valueColumns: [Int]

  init(_ layout: FileLayout, _ rules: ValueRules) {
    self.layout = layout
    let derived = 3 * layout.times.count
    carrier = ColumnCarrier(layout)
    headerNames = HeaderNames(layout)
    // A line cutter uses two more.
    columns = ColumnTable(
      capacity: layout.columnCount + max(2, derived + layout.pathValues.count),
      lists: layout.lists.map { ($0.capacity, $0.keepsLast) }, carried: carrier?.texts)
    pathTexts = columns.append(layout.pathValues, from: layout.columnCount + derived)
    cutter = layout.cutter
    label = layout.labelColumn.map { LabelText(rules, name: layout.columnNames[$0]) }
    missing = rules.missing
    weightColumn = layout.weightColumn
    let carried = (layout.carried?.columns ?? []).filter { $0 != layout.labelColumn }
    valueColumns =
      (layout.fieldColumns + layout.times.map(\.column) + carried)
      .filter { $0 < layout.columnCount }
  }

  /// Fills `columns` with those of a line, or returns what is wrong with it.
  @inline(__always)
  func split(_ line: UnsafeMutableBufferPointer<UInt8>) -> RowFault? {
    carrier?.lineBegins(line, columns)
    if let fault = cut(line) { return fault }
    carrier?.lineWasSplit(columns)
    if let headerNames, headerNames.mayBe(columns), repeatedHeader(.header) != nil {
      return .header
    }
    if let label, let column = layout.labelColumn, !label.normalise(column, of: columns) {
      return .label
    }
    if let weightColumn, !readWeight(weightColumn) { return .weight(column: weightColumn) }
    if let missing { clear(missing) }
    if !layout.times.isEmpty, let fault = deriveTimes() { return fault }
    carrier?.lineWasRead(columns)
    guard cutter == nil else { return nil }
    for (index, list) in layout.lists.enumerated() {
      columns.lists[index].read(
        columns.starts[list.column], Int(columns.counts[list.column]), splitter: list.splitter,
        missing: missing)
    }
    return nil
  }

  /// Reads the row's weight; false where it is not a number of at least 0 that a float can hold.
  private func readWeight(_ column: Int) -> Bool {
    let number = NumberParser.parse(columns.starts[column], Int(columns.counts[column]))
    // NaN is not at least 0; adding zero turns -0 into +0.
    guard number >= 0, Float(number).isFinite else { return false }
    columns.weight = Float(number) + 0
    return true
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

  private func deriveTimes() -> RowFault? {
    for (index, time) in layout.times.enumerated() {
      let first = layout.columnCount + 3 * index
      guard times.derive(time.form, time.column, of: columns, into: first) else {
        return time.form == .avazuHour
          ? .hour(column: time.column) : .timestamp(column: time.column)
      }
    }
    return nil
  }

  private func clear(_ missing: MissingTokens) {
    for column in valueColumns
    where missing.contains(columns.starts[column], Int(columns.counts[column])) {
      columns.counts[column] = 0
    }
  }

  /// The names in a faulty line that is a header; nil where it is none.
  ///
  /// Files are often concatenated with their headers.
  func repeatedHeader(_ fault: RowFault) -> [String]? {
    switch fault {
    case .columns, .openQuote, .textAfterQuote: return nil
    default: break
    }
    guard layout.hasHeader else { return nil }
    let names = (0..<layout.columnCount).map { column in
      columns.text(column).drop { column == 0 && $0 == "\u{feff}" }
    }.map(String.init)
    // A name may be used twice in columns that are not read.
    return names.sorted() == layout.columnNames.prefix(layout.columnCount).sorted() ? names : nil
  }
}
