/// Encodes the columns of a row into a record: ids, values, the label and the row's position.
final class RowEncoder {
  private struct Plan {
    var coder: FieldCoder
    var blank: UInt32
    var column = 0
    /// The word of the record that holds the id.
    var word: Int
    /// The word of the record that holds the value; 0 where the value is 1.
    var valueWord = 0
    /// Good rows in which the field is blank.
    var blanks = 0
  }

  /// How the values of a sequence field become ids and weights.
  private struct SequencePlan {
    var coder: FieldCoder
    var pooling: SequenceRule.Pooling
    var words: RecordLayout.Sequence
    /// The index of the list that holds the values of a line.
    var list = 0
    /// Rows that had more values than there is room for.
    var cuts = 0
  }

  let layout: RecordLayout

  private let encoder: FittedEncoder
  private let plans: UnsafeMutableBufferPointer<Plan>
  private let lookups: VocabularyLookups
  private var sequences: [SequencePlan]
  private let logBucket = LogBucket()
  /// The label's column; nil where labels are not read.
  private var labelColumn: Int?
  /// The word of the row's weight; 0 where there is none.
  private let weightWord: Int
  /// Good rows in which every field is blank.
  private var blankRows = 0

  init(_ encoder: FittedEncoder, weighted: Bool = false) {
    self.encoder = encoder
    layout = RecordLayout(encoder.schema, weighted: weighted)
    weightWord = layout.weightWord ?? 0
    let single = encoder.fields.indices.filter { encoder.fields[$0].sequence == nil }
    plans = .allocate(capacity: single.count)
    lookups = VocabularyLookups(capacity: single.count)
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

  /// Writes the record of one row; after a fault the record is meaningless.
  @inline(__always)
  func encode(
    _ columns: ColumnTable, position: UInt64, into record: UnsafeMutablePointer<UInt32>
  ) -> RowFault? {
    let starts = columns.starts
    let counts = columns.counts
    var label = Float.nan
    if let labelColumn {
      guard counts[labelColumn] == 1, starts[labelColumn][0] &- 0x30 < 2 else { return .label }
      label = Float(starts[labelColumn][0] &- 0x30)
    }
    var lookups = lookups
    var blanks = 0
    for index in 0..<plans.count {
      let plan = plans[index]
      let text = starts[plan.column]
      let count = Int(counts[plan.column])
      guard count > 0 else {
        plans[index].blanks &+= 1
        blanks &+= 1
        record[plan.word] = plan.blank
        if plan.valueWord > 0 { record[plan.valueWord] = Float(1).bitPattern }
        continue
      }
      switch plan.coder {
      case .hash(let hash, let buckets):
        record[plan.word] = FieldHash.id(hash.hash(text, count), buckets: buckets)
      case .vocabulary(let lookup): lookups.add(lookup, text, count, word: plan.word)
      case .logBucket:
        guard let id = logBucket.id(text, count) else {
          return refuse(.number(column: plan.column), columns, at: index)
        }
        record[plan.word] = id
      case .quantile(let lookup):
        let number = NumberParser.parse(text, count)
        guard !number.isNaN else {
          return refuse(.number(column: plan.column), columns, at: index)
        }
        record[plan.word] = lookup.id(number)
      case .value(let mean, let deviation):
        let number = NumberParser.parse(text, count)
        guard !number.isNaN else {
          return refuse(.number(column: plan.column), columns, at: index)
        }
        let value = Float((number - mean) / deviation)
        guard Float(number).isFinite, value.isFinite else {
          return refuse(.range(column: plan.column), columns, at: index)
        }
        record[plan.word] = 1
        record[plan.valueWord] = value.bitPattern
      }
    }
    lookups.finish(into: record)
    // Even an empty loop would retain and release the list of sequences for every row.
    if !layout.sequences.isEmpty {
      for index in sequences.indices {
        let list = columns.lists[sequences[index].list]
        if list.isCut { sequences[index].cuts &+= 1 }
        if list.count == 0 { blanks &+= 1 }
        encode(list, sequences[index], into: record)
      }
    }
    if blanks == layout.fields { blankRows &+= 1 }
    let labelWord = layout.labelWord
    record[labelWord] = label.bitPattern
    record[labelWord + 1] = UInt32(truncatingIfNeeded: position)
    record[labelWord + 2] = UInt32(truncatingIfNeeded: position >> 32)
    if weightWord > 0 { record[weightWord] = columns.weight.bitPattern }
    return nil
  }

  /// Forgets the blank fields before a fault: a bad row is not counted.
  private func refuse(_ fault: RowFault, _ columns: ColumnTable, at index: Int) -> RowFault {
    for earlier in 0..<index where columns.counts[plans[earlier].column] == 0 {
      plans[earlier].blanks -= 1
    }
    return fault
  }

  /// What was found in the good rows so far.
  var findings: RowFindings {
    var findings = RowFindings()
    findings.blanks = Array(repeating: 0, count: layout.fields)
    findings.cuts = findings.blanks
    findings.blankRows = blankRows
    for plan in plans where plan.blank != 0 { findings.blanks[plan.word] = plan.blanks }
    for sequence in sequences { findings.cuts[sequence.words.field] = sequence.cuts }
    return findings
  }

  /// Writes the values of a sequence field, or the missing value where there are none.
  private func encode(
    _ list: ValueList, _ plan: SequencePlan, into record: UnsafeMutablePointer<UInt32>
  ) {
    let ids = record + plan.words.idWord
    let weights = record + plan.words.weightWord
    let count = max(1, list.count)
    record[plan.words.field] = UInt32(count)
    // Values of an earlier, longer row would make equal rows differ.
    ids.update(repeating: 0, count: 2 * plan.words.maxValues)
    guard list.count > 0 else { return weights[0] = Float(1).bitPattern }
    let divisor: Float = plan.pooling == .mean ? Float(count) : 1
    for value in 0..<count {
      ids[value] = plan.coder.id(list.starts[value], Int(list.counts[value]))
      weights[value] = (list.weights[value] / divisor).bitPattern
    }
  }
}

/// How the text of one field becomes an id and a value; the fitted encoder owns its memory.
enum FieldCoder {
  /// A hash into buckets.
  case hash(FieldHash, buckets: UInt64)
  /// The id of a value in a vocabulary.
  case vocabulary(Vocabulary.Lookup)
  /// The category of a number.
  case logBucket
  /// The bucket of a number.
  case quantile(QuantileEdges.Lookup)
  /// Id 1 and the number, less a mean and divided by a deviation.
  case value(mean: Double, deviation: Double)

  init(_ field: FittedField) {
    switch field.encoding {
    case .hash(let buckets):
      self = .hash(FieldHash(field: field.table), buckets: UInt64(buckets))
    case .vocabulary(let vocabulary, _): self = .vocabulary(vocabulary.lookup)
    case .logBucket: self = .logBucket
    case .quantile(let edges): self = .quantile(edges.lookup)
    // Exactly the number itself.
    case .value: self = .value(mean: 0, deviation: 1)
    case .standardValue(let mean, let deviation):
      self = .value(mean: mean, deviation: deviation)
    }
  }

  /// The id of a category's text that is not empty.
  func id(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
    switch self {
    case .hash(let hash, let buckets): FieldHash.id(hash.hash(text, count), buckets: buckets)
    case .vocabulary(let lookup): lookup.id(text, count)
    case .logBucket, .quantile, .value:
      preconditionFailure("FieldCoder: a number is not a category")
    }
  }

  var blank: UInt32 { if case .vocabulary(let lookup) = self { lookup.blank } else { 0 } }
}
