import Glibc

/// What an inspection counts in one field, in addition to every scan.
///
/// A struct that owns memory, which `deallocate` frees.
struct FieldProfile {
  private let isNumber: Bool
  /// The hash of the values of a sequence; nil where a row has one value.
  private let sequenceHash: FieldHash?
  /// The number of values of all sequences, with repetitions.
  private var sequenceValues = 0
  private var values = ValueCounter()
  private var order = OrderWatch()
  private var negative = 0
  private var fractional = 0

  init(_ field: PlannedField) {
    isNumber = field.isNumber
    sequenceHash = field.sequence.map { _ in FieldHash(field: field.table) }
  }

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

  /// Counts what a scan found in good rows, and their texts.
  mutating func count(
    _ found: UnsafeBufferPointer<UInt64>, _ starts: UnsafePointer<UnsafePointer<UInt8>>,
    _ lengths: UnsafePointer<Int32>
  ) {
    guard sequenceHash == nil else { return }
    for row in 0..<found.count {
      let length = Int(lengths[row])
      // One descent decides, so that most fields are compared only a few times.
      if order.descents == 0 { order.see(starts[row], length) }
      guard found[row] != FieldStatistics.blank else { continue }
      if isNumber {
        let number = Double(bitPattern: found[row])
        negative &+= number < 0 ? 1 : 0
        fractional &+= number.rounded(.towardZero) == number ? 0 : 1
      }
      let hash = isNumber ? FieldStatistics.hash(ofNumber: found[row]) : found[row]
      values.insert(hash, starts[row], length)
    }
  }

  /// The findings, with the scan's summary of the field; `maxBuckets` limits the suggested buckets.
  func inspection(_ summary: FieldSummary, rows: Int, maxBuckets: Int) -> FieldInspection {
    let counts = values.counts
    let occurrences = sequenceHash == nil ? rows - summary.missing : sequenceValues
    var collisions: Double?
    if case .hash(let buckets) = summary.field.encoding, summary.distinct > 0 {
      collisions = values.colliding(buckets: buckets).map {
        Double($0) / Double(summary.distinct)
      }
    }
    return FieldInspection(
      summary: summary, isNumeric: isNumber, negative: negative, fractional: fractional,
      top: values.top(FieldInspection.topValues), undercount: values.undercount,
      collisionShare: collisions,
      suggestedBuckets: isNumber
        ? nil : FieldHash.buckets(distinct: summary.distinct, limit: maxBuckets),
      rare: FieldInspection.minCounts.map {
        RareShare(
          minCount: $0, counts: counts, scale: values.sample?.scale ?? 1, occurrences: occurrences)
      },
      isAscending: order.isAscending)
  }
}

/// Detects whether the texts of a column ascend, and keeps the first and the last one.
///
/// Texts are compared byte by byte, which is the order of dates and hours with leading zeros.
struct OrderWatch {
  private(set) var first: [UInt8] = []
  private(set) var last: [UInt8] = []
  /// Rows whose text is less than that of the previous row.
  private(set) var descents = 0
  private var changes = 0
  private var rows = 0

  /// Whether the texts ascend, and not all of them are equal.
  var isAscending: Bool { descents == 0 && changes > 0 }

  mutating func see(_ text: UnsafePointer<UInt8>, _ count: Int) {
    defer { rows += 1 }
    if rows > 0 {
      let order = last.withUnsafeBufferPointer { last in
        Self.compare(last.baseAddress, last.count, text, count)
      }
      guard order != 0 else { return }
      changes += 1
      if order > 0 { descents += 1 }
    }
    last.removeAll(keepingCapacity: true)
    last.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
    if rows == 0 { first = last }
  }

  private static func compare(
    _ left: UnsafePointer<UInt8>?, _ leftCount: Int, _ right: UnsafePointer<UInt8>,
    _ rightCount: Int
  ) -> Int {
    let common = min(leftCount, rightCount)
    if let left, common > 0 {
      let order = memcmp(left, right, common)
      if order != 0 { return Int(order) }
    }
    return leftCount - rightCount
  }
}
