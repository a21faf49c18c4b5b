/// The first pass over the training split: counts rows, labels and, field by field, what there is.
final class DataScan: RowSink {
  private let fields: [PlannedField]
  private let statistics: UnsafeMutableBufferPointer<FieldStatistics>
  /// The hash, or the bits of the number, of each field of the row at hand.
  private let found: UnsafeMutablePointer<UInt64>
  private var labelColumn = 0
  private(set) var rows = 0
  private var positives = 0
  private(set) var seconds = 0.0
  private let pauseAction: (DataScan) -> Void

  /// Prepares for fields; `pauseAction` runs now and then on the scanning thread.
  init(_ fields: [PlannedField], pauseAction: @escaping (DataScan) -> Void) {
    self.fields = fields
    self.pauseAction = pauseAction
    statistics = .allocate(capacity: fields.count)
    for (index, field) in fields.enumerated() {
      statistics.initializeElement(at: index, to: FieldStatistics(field))
    }
    found = .allocate(capacity: fields.count)
    found.initialize(repeating: 0, count: fields.count)
  }

  deinit {
    statistics.deinitialize()
    statistics.deallocate()
    found.deallocate()
  }

  func begin(_ layout: FileLayout) {
    labelColumn = layout.labelColumn
    for (index, column) in layout.fieldColumns.enumerated() { statistics[index].column = column }
  }

  @inline(__always)
  func take(_ columns: ColumnTable, position: UInt64) -> RowFault? {
    let label = columns.starts[labelColumn][0] &- 0x30
    guard columns.counts[labelColumn] == 1, label < 2 else { return .label }
    // Nothing is counted before the whole row is known to be good.
    for field in 0..<statistics.count {
      let column = statistics[field].column
      if let fault = statistics[field].read(
        columns.starts[column], Int(columns.counts[column]), column, into: &found[field])
      {
        return fault
      }
    }
    for field in 0..<statistics.count {
      statistics[field].count(found[field], isBlank: columns.counts[statistics[field].column] == 0)
    }
    rows &+= 1
    positives &+= Int(label)
    return nil
  }

  func pause(after seconds: Double) -> Bool {
    self.seconds += seconds
    pauseAction(self)
    return true
  }

  /// What was found.
  func summary(badRows: BadRowLedger) -> DataSummary {
    let bad = badRows.snapshot
    return DataSummary(
      rows: rows, positives: positives, badRows: bad.count, badRowMessages: bad.messages,
      fields: zip(fields, statistics).map { $1.summary(of: $0) })
  }
}
