/// What an inspection adds to a scan: frequent values, order, duplicates, a sample of the rows.
final class DataProfile: ScanObserver {
  private let profiles: UnsafeMutableBufferPointer<FieldProfile>
  private let columns: UnsafeMutableBufferPointer<Int>
  private let starts: UnsafeMutablePointer<UnsafePointer<UInt8>>
  private let lengths: UnsafeMutablePointer<Int32>
  private let nothing: UnsafeMutablePointer<UInt8>
  private let maxBuckets: [Int]
  private let sample: RowSample
  private var lineHashes = DistinctSample(capacity: DistinctSample.rows)
  private var layout: FileLayout?
  private var hours = OrderWatch()
  private let lineHash = FieldHash(field: "")

  init(_ fields: [PlannedField]) {
    maxBuckets = fields.map(\.maxBuckets)
    sample = RowSample(fields: fields.count)
    profiles = .allocate(capacity: fields.count)
    columns = .allocate(capacity: fields.count)
    columns.initialize(repeating: 0)
    for (index, field) in fields.enumerated() {
      profiles.initializeElement(at: index, to: FieldProfile(field))
    }
    nothing = .allocate(capacity: 1)
    nothing.initialize(to: 0)
    starts = .allocate(capacity: fields.count * DataScan.block)
    starts.initialize(repeating: UnsafePointer(nothing), count: fields.count * DataScan.block)
    lengths = .allocate(capacity: fields.count * DataScan.block)
    lengths.initialize(repeating: 0, count: fields.count * DataScan.block)
  }

  deinit {
    for profile in profiles { profile.deallocate() }
    profiles.deallocate()
    columns.deallocate()
    starts.deallocate()
    lengths.deallocate()
    nothing.deallocate()
  }

  func begin(_ layout: FileLayout) {
    self.layout = layout
    for (index, column) in layout.fieldColumns.enumerated() { columns[index] = column }
  }

  @inline(__always)
  func see(
    _ table: ColumnTable, position: UInt64, isClick: Bool, found: UnsafePointer<UInt64>, row: Int
  ) {
    for field in 0..<columns.count {
      let place = field &* DataScan.block &+ row
      starts[place] = UnsafePointer(table.starts[columns[field]])
      lengths[place] = table.counts[columns[field]]
    }
    if let layout {
      for (index, list) in layout.lists.enumerated() {
        profiles[list.field].count(table.lists[index])
      }
    }
    sample.see(position: position, isClick: isClick, found + row, stride: DataScan.block)
    guard let layout else { return }
    let last = layout.cutter == nil ? layout.columnCount - 1 : layout.columnCount
    let line = layout.cutter == nil ? table.starts[0] : table.starts[last]
    // Quotes are removed in place, so that the columns are still within the line.
    let length = table.starts[last] - line + Int(table.counts[last])
    lineHashes.insert(lineHash.hash(line, length))
    if let hour = layout.hourColumn { hours.see(table.starts[hour], Int(table.counts[hour])) }
  }

  func count(_ found: UnsafePointer<UInt64>, rows: Int) {
    for field in 0..<profiles.count {
      let first = field * DataScan.block
      profiles[field].count(
        .init(start: found + first, count: rows), starts + first, lengths + first)
    }
  }

  /// The findings, with the scan's summary.
  func inspection(_ summary: DataSummary) -> Inspection {
    let counts = lineHashes.counts
    return Inspection(
      summary: summary,
      fields: zip(summary.fields, zip(profiles, maxBuckets)).map {
        $1.0.inspection($0, rows: summary.rows, maxBuckets: $1.1)
      },
      duplicateRows: counts.reduce(0) { $0 + $1 - 1 } * lineHashes.scale,
      duplicatesSampled: lineHashes.scale,
      hours: layout?.hourColumn == nil ? nil : HourOrder(hours), sample: sample)
  }
}
