import Platform

/// The statistics of one field in a scan.
struct FieldStatistics {
  /// Marks an empty text: no number has these bits, and one in 2⁶⁴ hashes has them.
  static let blank = UInt64.max

  /// The column it is in.
  var column = 0

  private let kind: TextKind
  /// Whether a row may have several values, which `count(_:)` of a list takes.
  private let isSequence: Bool
  private let hash: FieldHash
  private var values = DistinctCounter()
  private var missing = 0
  private var minimum = Double.infinity
  private var maximum = -Double.infinity

  init(_ field: PlannedField) {
    hash = FieldHash(field: field.table)
    isSequence = field.sequence != nil
    kind = field.encoding.textKind
  }

  /// Reads a text as its hash or as the bits of its number; `blank` where it is empty.
  @inline(__always)
  func read(
    _ text: UnsafeMutablePointer<UInt8>, _ count: Int, _ column: Int, into found: inout UInt64
  ) -> RowFault? {
    guard count > 0 else {
      found = Self.blank
      return nil
    }
    guard kind != .category else {
      found = hash.hash(text, count)
      return nil
    }
    let number = NumberParser.parse(text, count)
    guard !number.isNaN else { return .number(column: column) }
    if kind == .float, !Float(number).isFinite { return .range(column: column) }
    // −0 becomes 0: both are one value.
    found = (number + 0).bitPattern
    return nil
  }

  /// Counts the values of a sequence in a good row, and returns a key that ignores their order.
  mutating func count(_ list: ValueList) -> UInt64 {
    guard list.count > 0 else {
      missing &+= 1
      return Self.blank
    }
    var key: UInt64 = 0
    for value in 0..<list.count {
      let hash = hash.hash(list.starts[value], Int(list.counts[value]))
      values.insert(hash)
      key &+= hash
    }
    return key
  }

  /// Counts what `read` found in good rows.
  mutating func count(_ found: UnsafeBufferPointer<UInt64>) {
    guard !isSequence else { return }
    for value in found {
      if value == Self.blank {
        missing &+= 1
      } else if kind == .category {
        values.insert(value)
      } else {
        let number = Double(bitPattern: value)
        minimum = min(minimum, number)
        maximum = max(maximum, number)
        values.insert(Self.hash(ofNumber: value))
      }
    }
  }

  /// The hash of a number's bits.
  @inline(__always)
  static func hash(ofNumber bits: UInt64) -> UInt64 { CounterRandom.mix(bits) }
  func deallocate() { values.deallocate() }

  /// Distinct values, exact or estimated.
  var distinct: Int { values.distinct.count }

  func summary(of field: FittedField) -> FieldSummary {
    let (count, exact) = values.distinct
    return FieldSummary(
      field: field, distinct: count, isExact: exact, missing: missing,
      numbers: minimum <= maximum ? minimum...maximum : nil)
  }
}
