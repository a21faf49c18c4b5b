/// Turns the columns of a row into a compact record: ids, values, the label and the row's position.
final class RowEncoder {
  private struct Plan {
    var coder: FieldCoder
    /// The id of the empty text.
    var blank: UInt32
    var column = 0
    /// Where the record keeps the value.
    var valueWord = 0
  }

  /// Where the columns of a record stand.
  let layout: RecordLayout

  private let encoder: FittedEncoder
  private let plans: UnsafeMutableBufferPointer<Plan>
  private let logBucket = LogBucket()
  private var labelColumn = 0

  init(_ encoder: FittedEncoder) {
    self.encoder = encoder
    layout = RecordLayout(encoder.schema)
    plans = .allocate(capacity: layout.fields)
    for (index, field) in encoder.fields.enumerated() {
      let coder = FieldCoder(field)
      var plan = Plan(coder: coder, blank: coder.blank)
      if let value = layout.valueFields.firstIndex(of: index) {
        plan.valueWord = layout.fields + value
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
        record[field] = plan.blank
        if plan.valueWord > 0 { record[plan.valueWord] = Float(1).bitPattern }
        continue
      }
      switch plan.coder {
      case .hash(let hash, let buckets):
        record[field] = FieldHash.id(hash.hash(text, count), buckets: buckets)
      case .vocabulary(let lookup): record[field] = lookup.id(text, count)
      case .logBucket:
        let number = NumberText.parse(text, count)
        guard !number.isNaN else { return .number(column: plan.column) }
        record[field] = logBucket.id(number)
      case .quantile(let lookup):
        let number = NumberText.parse(text, count)
        guard !number.isNaN else { return .number(column: plan.column) }
        record[field] = lookup.id(number)
      case .value(let mean, let deviation):
        let number = NumberText.parse(text, count)
        guard !number.isNaN else { return .number(column: plan.column) }
        let value = Float((number - mean) / deviation)
        guard Float(number).isFinite, value.isFinite else { return .range(column: plan.column) }
        record[field] = 1
        record[plan.valueWord] = value.bitPattern
      }
    }
    let labelWord = layout.labelWord
    record[labelWord] = label.bitPattern
    record[labelWord + 1] = UInt32(truncatingIfNeeded: position)
    record[labelWord + 2] = UInt32(truncatingIfNeeded: position >> 32)
    return nil
  }
}
