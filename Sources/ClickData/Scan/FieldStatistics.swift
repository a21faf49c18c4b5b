import Platform

/// What a scan has seen of one field.
struct FieldStatistics {
  private enum Kind { case text, number, value }

  /// The column it is in.
  var column = 0

  private let kind: Kind
  private let hash: FieldHash
  private let values = DistinctCounter()
  private var missing = 0
  private var minimum = Double.infinity
  private var maximum = -Double.infinity

  init(_ field: PlannedField) {
    hash = FieldHash(field: field.name)
    kind =
      switch field.encoding {
      case .fixed(.logBucket): .number
      case .fixed(.value): .value
      case .fixed(.hash), .autoHash: .text
      }
  }

  /// Reads a text as its hash or as the bits of its number.
  @inline(__always)
  func read(
    _ text: UnsafeMutablePointer<UInt8>, _ count: Int, _ column: Int, into found: inout UInt64
  ) -> RowFault? {
    guard count > 0 else { return nil }
    guard kind != .text else {
      found = hash.hash(text, count)
      return nil
    }
    let number = NumberText.parse(text, count)
    guard !number.isNaN else { return .number(column: column) }
    if kind == .value, !Float(number).isFinite { return .range(column: column) }
    // One zero: −0 is no number of its own.
    found = (number + 0).bitPattern
    return nil
  }

  /// Counts what `read` found in a good row.
  @inline(__always)
  mutating func count(_ found: UInt64, isBlank: Bool) {
    guard !isBlank else {
      missing &+= 1
      return
    }
    guard kind != .text else { return values.insert(found) }
    let number = Double(bitPattern: found)
    minimum = min(minimum, number)
    maximum = max(maximum, number)
    values.insert(CounterRandom.mix(found &+ 1))
  }

  func summary(of field: PlannedField) -> FieldSummary {
    let (count, exact) = values.distinct
    return FieldSummary(
      field: field.fitted(distinct: count), distinct: count, isExact: exact, missing: missing,
      numbers: minimum <= maximum ? minimum...maximum : nil)
  }
}
