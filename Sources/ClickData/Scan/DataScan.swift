import Glibc

/// Observes the good rows of a scan.
protocol ScanObserver: AnyObject {
  /// The following rows come from a file of this layout.
  func begin(_ layout: FileLayout)
  /// Takes row `row` of a block; `found` points at what the scan found in the first field's block.
  func see(
    _ columns: ColumnTable, position: UInt64, isClick: Bool, found: UnsafePointer<UInt64>, row: Int)
  /// Takes a block of rows, whose texts are still in memory.
  func count(_ found: UnsafePointer<UInt64>, rows: Int)
}

/// The first pass over the training split: counts rows and labels, and examines each field.
final class DataScan: RowSink {
  private let fields: [PlannedField]
  private let fit: EncodingFit
  private let statistics: UnsafeMutableBufferPointer<FieldStatistics>
  /// The hash or the bits of the number in each field of a block of rows, field by field.
  private let found: UnsafeMutablePointer<UInt64>
  private var foundRows = 0
  /// The rows of a block: a field is counted for many rows at once to keep its set in the cache.
  static let block = 64
  private var labelColumn = 0
  private var lists: [FileLayout.List] = []
  private(set) var rows = 0
  private var positives = 0
  private(set) var seconds = 0.0
  private let observer: (any ScanObserver)?
  private let pauseAction: (DataScan) -> Void

  /// Prepares for fields; `pauseAction` runs after each chunk on the scanning thread.
  init(
    _ fields: [PlannedField], fit: EncodingFit, observer: (any ScanObserver)? = nil,
    pauseAction: @escaping (DataScan) -> Void
  ) {
    self.fields = fields
    self.fit = fit
    self.observer = observer
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
    guard let column = layout.labelColumn else { preconditionFailure("DataScan: no label") }
    labelColumn = column
    for (index, column) in layout.fieldColumns.enumerated() { statistics[index].column = column }
    lists = layout.lists
    observer?.begin(layout)
    fit.begin(layout)
  }

  @inline(__always)
  func take(_ columns: ColumnTable, position: UInt64) -> RowFault? {
    let label = columns.starts[labelColumn][0] &- 0x30
    guard columns.counts[labelColumn] == 1, label < 2 else { return .label }
    // The next row overwrites what was found in a bad one, so that it is not counted.
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
    observer?.see(columns, position: position, isClick: label == 1, found: found, row: foundRows)
    fit.take(columns)
    rows &+= 1
    positives &+= Int(label)
    foundRows &+= 1
    if foundRows == Self.block { countFound() }
    return nil
  }

  private func countFound() {
    observer?.count(found, rows: foundRows)
    for field in 0..<statistics.count {
      statistics[field].count(.init(start: found + field * Self.block, count: foundRows))
    }
    foundRows = 0
  }

  func pause(after seconds: Double) throws -> Bool {
    self.seconds += seconds
    // The texts of the rows become invalid with their chunk.
    if observer != nil { countFound() }
    try fit.relieve()
    pauseAction(self)
    return true
  }

  func summary(badRows bad: BadRows) throws -> DataSummary {
    countFound()
    let distinct = statistics.map(\.distinct)
    let fitted = fields.fitted(
      distinct: distinct,
      encodings: try fit.encodings(
        distinct: fields.tableValues(distinct), rarerLabel: min(positives, rows - positives)))
    return DataSummary(
      rows: rows, positives: positives, badRows: bad,
      fields: zip(statistics, fitted).map { $0.summary(of: $1) })
  }
}

/// What one pass over a split found.
public struct DataSummary: Equatable, Sendable {
  /// Good rows.
  public let rows: Int
  /// Good rows whose label is 1.
  public let positives: Int
  /// Bad rows, which were skipped.
  public let badRows: BadRows
  /// The fields in the order of a batch.
  public let fields: [FieldSummary]

  /// The share of positive rows.
  public var clickRate: Double { Double(positives) / Double(rows) }
}

/// What one pass over a split found in one field.
public struct FieldSummary: Equatable, Sendable {
  /// The field with the encoding that the settings and this pass determine.
  public let field: FittedField
  /// Distinct values without blanks: texts of a categorical field, numbers of a numeric one.
  public let distinct: Int
  /// Whether `distinct` was counted (up to 65,536) rather than estimated within about 1 %.
  public let isExact: Bool
  /// Rows in which it is blank.
  public let missing: Int
  /// The smallest and largest number; nil for categories and fields that are always blank.
  public let numbers: ClosedRange<Double>?

  /// The expected share of values that share their bucket with another; nil unless hashed.
  ///
  /// Of `n` values hashed uniformly into `b` buckets, that is `1 − (1 − 1/b)ⁿ⁻¹`.
  public var expectedCollisionShare: Double? {
    field.expectedCollisionShare(distinct: distinct)
  }
}
