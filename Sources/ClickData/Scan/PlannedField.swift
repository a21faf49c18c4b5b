/// A field with the encoding its settings ask for, before a scan has sized what is automatic.
struct PlannedField: Equatable {
  enum Encoding: Equatable {
    case fixed(FittedField.Encoding)
    case autoHash(maxBuckets: Int)
  }

  var name: String
  var encoding: Encoding

  var needsScan: Bool {
    if case .autoHash = encoding { true } else { false }
  }

  /// The field once so many distinct values are known; nil where none were counted, as for encodings that need none.
  ///
  /// Buckets are 16 a value up to 4096 values, and twice the values but at least 65,536 beyond; never fewer
  /// than 16, never more than the settings allow.
  func fitted(distinct: Int?) -> FittedField {
    switch encoding {
    case .fixed(let encoding):
      return FittedField(name: name, encoding: encoding, distinct: distinct)
    case .autoHash(let maxBuckets):
      let values = distinct ?? 0
      let wanted = values <= 4096 ? max(16, 16 * values) : max(1 << 16, 2 * values)
      return FittedField(
        name: name, encoding: .hash(buckets: min(wanted, maxBuckets)), distinct: distinct)
    }
  }
}
