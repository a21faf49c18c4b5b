import Platform

/// What a scan has seen of one field.
struct FieldStatistics {
  private enum Kind { case text, number, value }

  /// Stands for an empty text: no number has these bits, and a hash has them once in 2⁶⁴ texts.
  private static let blank = RowSample.blank

  /// The column it is in.
  var column = 0

  private let kind: Kind
  /// Whether a row may have several values, which `count(_:)` of a list takes.
  private let isSequence: Bool
  private let hash: FieldHash
  private var values = DistinctCounter()
  private var missing = 0
  private var minimum = Double.infinity
  private var maximum = -Double.infinity

  init(_ field: PlannedField) {
    hash = FieldHash(field: field.name)
    isSequence = field.sequence != nil
    kind =
      switch field.encoding {
      case .fixed(.logBucket), .fixed(.quantile), .scanned(.quantile): .number
      case .fixed(.value), .fixed(.standardValue), .scanned(.standardValue): .value
      case .fixed(.hash), .fixed(.vocabulary), .autoHash, .scanned(.vocabulary): .text
      }
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

  /// Counts the values of a sequence in a good row, and returns what tells them from those of other rows.
  mutating func count(_ list: ValueList) -> UInt64 {
    if list.count == 0 { missing &+= 1 }
    for value in 0..<list.count {
      values.insert(hash.hash(list.starts[value], Int(list.counts[value])))
    }
    return list.key(hash)
  }

  /// Counts what `read` found in good rows.
  mutating func count(_ found: UnsafeBufferPointer<UInt64>) {
    guard !isSequence else { return }
    for value in found {
      if value == Self.blank {
        missing &+= 1
      } else if kind == .text {
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

  /// Gives the memory back.
  func deallocate() { values.deallocate() }

  func summary(of field: PlannedField, scanned: FittedField.Encoding?) -> FieldSummary {
    let (count, exact) = values.distinct
    return FieldSummary(
      field: field.fitted(distinct: count, scanned: scanned), distinct: count, isExact: exact,
      missing: missing,
      numbers: minimum <= maximum ? minimum...maximum : nil)
  }
}
