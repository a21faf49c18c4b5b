/// Turns the columns of a row into a compact record: ids, values, the label and the row's position.
final class RowEncoder {
  private enum Kind { case hash, logBucket, value }

  private struct Plan {
    var kind: Kind
    var hash: FieldHash
    var buckets: UInt64
    var column = 0
    /// Where the record keeps the value.
    var valueWord = 0
  }

  /// Where the columns of a record stand.
  let layout: RecordLayout

  private let plans: UnsafeMutableBufferPointer<Plan>
  private let logBucket = LogBucket()
  private var labelColumn = 0

  init(_ encoder: FittedEncoder) {
    layout = RecordLayout(encoder.schema)
    plans = .allocate(capacity: layout.fields)
    var values = 0
    for (index, field) in encoder.fields.enumerated() {
      var plan = Plan(kind: .logBucket, hash: FieldHash(field: field.name), buckets: 0)
      switch field.encoding {
      case .hash(let buckets):
        plan.kind = .hash
        plan.buckets = UInt64(buckets)
      case .logBucket: break
      case .value:
        plan.kind = .value
        plan.valueWord = layout.fields + values
        values += 1
      }
      plans.initializeElement(at: index, to: plan)
    }
  }

  deinit { plans.deallocate() }

  /// The following rows come from a file of this layout.
  func begin(_ layout: FileLayout) {
    labelColumn = layout.labelColumn
    for (index, column) in layout.fieldColumns.enumerated() { plans[index].column = column }
  }

  /// Writes the record of one row; after a fault the record means nothing.
  @inline(__always)
  func encode(
    _ columns: ColumnTable, position: UInt64, into record: UnsafeMutablePointer<UInt32>
  ) -> RowFault? {
    let starts = columns.starts
    let counts = columns.counts
    guard counts[labelColumn] == 1, starts[labelColumn][0] &- 0x30 < 2 else { return .label }
    let label = Float(starts[labelColumn][0] &- 0x30)
    for field in 0..<layout.fields {
      let plan = plans[field]
      let text = starts[plan.column]
      let count = Int(counts[plan.column])
      guard count > 0 else {
        record[field] = 0
        if plan.kind == .value { record[plan.valueWord] = Float(1).bitPattern }
        continue
      }
      guard plan.kind != .hash else {
        record[field] = FieldHash.id(plan.hash.hash(text, count), buckets: plan.buckets)
        continue
      }
      let number = NumberText.parse(text, count)
      guard !number.isNaN else { return .number(column: plan.column) }
      if plan.kind == .logBucket {
        record[field] = logBucket.id(number)
      } else {
        guard Float(number).isFinite else { return .range(column: plan.column) }
        record[field] = 1
        record[plan.valueWord] = Float(number).bitPattern
      }
    }
    let labelWord = layout.labelWord
    record[labelWord] = label.bitPattern
    record[labelWord + 1] = UInt32(truncatingIfNeeded: position)
    record[labelWord + 2] = UInt32(truncatingIfNeeded: position >> 32)
    return nil
  }
}
