/// Turns the columns of a row into a compact record: ids, values, the label and the row's position.
///
/// A record is `words` words of 32 bits: an id a field, a value a field of kind `value` (the bits of a
/// `Float`), the label (likewise), and the position in two halves.
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

  let fields: Int
  /// The fields of kind `value`, in the order of their words.
  let valueFields: [Int]
  /// Words of a record.
  let words: Int
  var labelWord: Int { fields + valueFields.count }

  private let plans: UnsafeMutableBufferPointer<Plan>
  private let logBucket = LogBucket()
  private var labelColumn = 0

  init(_ encoder: FittedEncoder) {
    fields = encoder.fields.count
    plans = .allocate(capacity: fields)
    var valueFields: [Int] = []
    for (index, field) in encoder.fields.enumerated() {
      var plan = Plan(kind: .logBucket, hash: FieldHash(field: field.name), buckets: 0)
      switch field.encoding {
      case .hash(let buckets):
        plan.kind = .hash
        plan.buckets = UInt64(buckets)
      case .logBucket: break
      case .value:
        plan.kind = .value
        plan.valueWord = encoder.fields.count + valueFields.count
        valueFields.append(index)
      }
      plans.initializeElement(at: index, to: plan)
    }
    self.valueFields = valueFields
    words = encoder.fields.count + valueFields.count + 3
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
    for field in 0..<fields {
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
    record[labelWord] = label.bitPattern
    record[labelWord + 1] = UInt32(truncatingIfNeeded: position)
    record[labelWord + 2] = UInt32(truncatingIfNeeded: position >> 32)
    return nil
  }
}
