/// What an inspection has seen of one field, beside what every scan counts.
///
/// A struct over memory of its own, which `deallocate` gives back.
struct FieldProfile {
  private let isNumber: Bool
  /// The hash of the values of a sequence; nil where a row has one value.
  private let sequenceHash: FieldHash?
  /// Values of sequences, each time one occurred.
  private var sequenceValues = 0
  private var values = ValueCounter()
  private var order = OrderWatch()
  private var negative = 0
  private var fractional = 0

  init(_ field: PlannedField) {
    isNumber = field.isNumber
    sequenceHash = field.sequence.map { _ in FieldHash(field: field.name) }
  }

  /// Gives the memory back.
  func deallocate() { values.deallocate() }

  /// Counts the values of a sequence in a good row.
  mutating func count(_ list: ValueList) {
    guard let hash = sequenceHash else { return }
    sequenceValues &+= list.count
    for value in 0..<list.count {
      let (text, length) = (list.starts[value], Int(list.counts[value]))
      values.insert(hash.hash(text, length), text, length)
    }
  }

  /// Counts what was found in good rows, and their texts.
  mutating func count(
    _ found: UnsafeBufferPointer<UInt64>, _ starts: UnsafePointer<UnsafePointer<UInt8>>,
    _ lengths: UnsafePointer<Int32>
  ) {
    guard sequenceHash == nil else { return }
    for row in 0..<found.count {
      let length = Int(lengths[row])
      // One descent settles it, so that most fields are compared a few times only.
      if order.descents == 0 { order.see(starts[row], length) }
      guard found[row] != RowSample.blank else { continue }
      if isNumber {
        let number = Double(bitPattern: found[row])
        negative &+= number < 0 ? 1 : 0
        fractional &+= number.rounded(.towardZero) == number ? 0 : 1
      }
      let hash = isNumber ? FieldStatistics.hash(ofNumber: found[row]) : found[row]
      values.insert(hash, starts[row], length)
    }
  }

  /// What was found, beside what the scan says of the field and of how many values an automatic hash would hold.
  func inspection(_ summary: FieldSummary, rows: Int, mostBuckets: Int) -> FieldInspection {
    let counts = values.counts
    let occurrences = sequenceHash == nil ? rows - summary.missing : sequenceValues
    var shared: Double?
    if case .hash(let buckets) = summary.field.encoding, summary.distinct > 0 {
      shared = values.sharing(buckets: buckets).map { Double($0) / Double(summary.distinct) }
    }
    return FieldInspection(
      summary: summary, isNumeric: isNumber, negative: negative, fractional: fractional,
      top: values.top(FieldInspection.topValues), undercount: values.undercount,
      collisionShare: shared,
      suggestedBuckets: isNumber
        ? nil : PlannedField.buckets(distinct: summary.distinct, most: mostBuckets),
      rare: FieldInspection.minCounts.map {
        RareShare(
          minCount: $0, counts: counts, scale: values.sample?.scale ?? 1, occurrences: occurrences)
      },
      isAscending: order.isAscending)
  }
}
