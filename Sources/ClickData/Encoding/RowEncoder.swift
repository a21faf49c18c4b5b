/// Turns the columns of a row into a compact record: ids, values, the label and the row's position.
final class RowEncoder {
  private struct Plan {
    var coder: FieldCoder
    /// The id of the empty text.
    var blank: UInt32
    var column = 0
    /// Where the record keeps the id.
    var word: Int
    /// Where the record keeps the value.
    var valueWord = 0
  }

  /// How the values of a sequence field become ids and weights.
  private struct SequencePlan {
    var coder: FieldCoder
    var pooling: SequenceRule.Pooling
    var words: RecordLayout.Sequence
    /// Which list of a line holds the values.
    var list = 0
  }

  /// Where the columns of a record stand.
  let layout: RecordLayout

  private let encoder: FittedEncoder
  private let plans: UnsafeMutableBufferPointer<Plan>
  private let lookups: VocabularyLookups
  private var sequences: [SequencePlan]
  private let logBucket = LogBucket()
  private var labelColumn = 0

  init(_ encoder: FittedEncoder) {
    self.encoder = encoder
    layout = RecordLayout(encoder.schema)
    let single = encoder.fields.indices.filter { encoder.fields[$0].sequence == nil }
    plans = .allocate(capacity: single.count)
    lookups = VocabularyLookups(room: single.count)
    for (place, index) in single.enumerated() {
      let coder = FieldCoder(encoder.fields[index])
      var plan = Plan(coder: coder, blank: coder.blank, word: index)
      if let value = layout.valueFields.firstIndex(of: index) {
        plan.valueWord = layout.fields + value
      }
      plans.initializeElement(at: place, to: plan)
    }
    sequences = layout.sequences.compactMap { words in
      let field = encoder.fields[words.field]
      guard let rule = field.sequence else { return nil }
      return SequencePlan(coder: FieldCoder(field), pooling: rule.pooling, words: words)
    }
  }

  deinit {
    plans.deallocate()
    lookups.deallocate()
  }

  /// The following rows come from a file of this layout.
  func begin(_ layout: FileLayout) {
    labelColumn = layout.labelColumn
    for index in plans.indices { plans[index].column = layout.fieldColumns[plans[index].word] }
    for index in sequences.indices {
      guard let list = layout.list(ofField: sequences[index].words.field) else {
        preconditionFailure("RowEncoder: field \(sequences[index].words.field) has no list")
      }
      sequences[index].list = list
    }
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
    var lookups = lookups
    for index in 0..<plans.count {
      let plan = plans[index]
      let text = starts[plan.column]
      let count = Int(counts[plan.column])
      guard count > 0 else {
        record[plan.word] = plan.blank
        if plan.valueWord > 0 { record[plan.valueWord] = Float(1).bitPattern }
        continue
      }
      switch plan.coder {
      case .hash(let hash, let buckets):
        record[plan.word] = FieldHash.id(hash.hash(text, count), buckets: buckets)
      case .vocabulary(let lookup): lookups.add(lookup, text, count, word: plan.word)
      case .logBucket:
        guard let id = logBucket.id(text, count) else { return .number(column: plan.column) }
        record[plan.word] = id
      case .quantile(let lookup):
        let number = NumberText.parse(text, count)
        guard !number.isNaN else { return .number(column: plan.column) }
        record[plan.word] = lookup.id(number)
      case .value(let mean, let deviation):
        let number = NumberText.parse(text, count)
        guard !number.isNaN else { return .number(column: plan.column) }
        let value = Float((number - mean) / deviation)
        guard Float(number).isFinite, value.isFinite else { return .range(column: plan.column) }
        record[plan.word] = 1
        record[plan.valueWord] = value.bitPattern
      }
    }
    lookups.finish(into: record)
    // A walk over no sequences would still hold on to their list, once a row.
    if !layout.sequences.isEmpty {
      for sequence in sequences { encode(columns.lists[sequence.list], sequence, into: record) }
    }
    let labelWord = layout.labelWord
    record[labelWord] = label.bitPattern
    record[labelWord + 1] = UInt32(truncatingIfNeeded: position)
    record[labelWord + 2] = UInt32(truncatingIfNeeded: position >> 32)
    return nil
  }

  /// Writes the values of a sequence field, or the missing value where there are none.
  private func encode(
    _ list: ValueList, _ plan: SequencePlan, into record: UnsafeMutablePointer<UInt32>
  ) {
    let ids = record + plan.words.idWord
    let weights = record + plan.words.weightWord
    let count = max(1, list.count)
    record[plan.words.field] = UInt32(count)
    // What a longer row left behind would make equal rows differ.
    ids.update(repeating: 0, count: 2 * plan.words.mostValues)
    guard list.count > 0 else { return weights[0] = Float(1).bitPattern }
    let divisor: Float = plan.pooling == .mean ? Float(count) : 1
    for value in 0..<count {
      ids[value] = plan.coder.id(list.starts[value], Int(list.counts[value]))
      weights[value] = (list.weights[value] / divisor).bitPattern
    }
  }
}
