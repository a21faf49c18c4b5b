/// The first pass over the training split: counts rows, labels and, field by field, what there is.
final class DataScan: RowSink {
  private let fields: [PlannedField]
  private let fit: EncodingFit
  private let statistics: UnsafeMutableBufferPointer<FieldStatistics>
  /// The hash, or the bits of the number, of each field of the last few rows, field by field in memory.
  private let found: UnsafeMutablePointer<UInt64>
  private var foundRows = 0
  /// Counting one field of many rows at once keeps its set in the cache and lets probes overlap.
  static let block = 64
  private var labelColumn = 0
  private var lists: [FileLayout.List] = []
  private(set) var rows = 0
  private var positives = 0
  private(set) var seconds = 0.0
  private let profile: DataProfile?
  private let pauseAction: (DataScan) -> Void

  /// Prepares for fields; `pauseAction` runs now and then on the scanning thread.
  init(
    _ fields: [PlannedField], fit: EncodingFit, profile: DataProfile? = nil,
    pauseAction: @escaping (DataScan) -> Void
  ) {
    self.fields = fields
    self.fit = fit
    self.profile = profile
    self.pauseAction = pauseAction
    statistics = .allocate(capacity: fields.count)
    for (index, field) in fields.enumerated() {
      statistics.initializeElement(at: index, to: FieldStatistics(field))
    }
    found = .allocate(capacity: fields.count * Self.block)
    found.initialize(repeating: 0, count: fields.count * Self.block)
  }

  deinit {
    for field in statistics { field.deallocate() }
    statistics.deallocate()
    found.deallocate()
  }

  func begin(_ layout: FileLayout) {
    labelColumn = layout.labelColumn
    for (index, column) in layout.fieldColumns.enumerated() { statistics[index].column = column }
    lists = layout.lists
    profile?.begin(layout)
    fit.begin(layout)
  }

  @inline(__always)
  func take(_ columns: ColumnTable, position: UInt64) -> RowFault? {
    let label = columns.starts[labelColumn][0] &- 0x30
    guard columns.counts[labelColumn] == 1, label < 2 else { return .label }
    // A bad row leaves its place to the next one, so nothing of it is counted.
    for field in 0..<statistics.count {
      let column = statistics[field].column
      if let fault = statistics[field].read(
        columns.starts[column], Int(columns.counts[column]), column,
        into: &found[field &* Self.block &+ foundRows])
      {
        return fault
      }
    }
    for (index, list) in lists.enumerated() {
      found[list.field &* Self.block &+ foundRows] =
        statistics[list.field].count(columns.lists[index])
    }
    profile?.see(columns, position: position, isClick: label == 1, found: found, row: foundRows)
    fit.take(columns)
    rows &+= 1
    positives &+= Int(label)
    foundRows &+= 1
    if foundRows == Self.block { countFound() }
    return nil
  }

  private func countFound() {
    profile?.count(found, rows: foundRows)
    for field in 0..<statistics.count {
      statistics[field].count(.init(start: found + field * Self.block, count: foundRows))
    }
    foundRows = 0
  }

  func pause(after seconds: Double) throws -> Bool {
    self.seconds += seconds
    // The texts of the rows go away with their chunk.
    if profile != nil { countFound() }
    try fit.relieve()
    pauseAction(self)
    return true
  }

  /// What was found.
  func summary(badRows: BadRowLedger) throws -> DataSummary {
    countFound()
    let encodings = try fit.encodings()
    let bad = badRows.snapshot
    return DataSummary(
      rows: rows, positives: positives, badRows: bad.count, badRowMessages: bad.messages,
      fields: fields.indices.map {
        statistics[$0].summary(of: fields[$0], scanned: encodings[$0])
      })
  }
}
