/// A field with the encoding its settings ask for, before a scan has sized what is automatic.
struct PlannedField: Equatable {
  enum Encoding: Equatable {
    case fixed(FittedField.Encoding)
    case autoHash(maxBuckets: Int)
    case scanned(ScannedEncoding)
  }

  var name: String
  var encoding: Encoding
  /// How several values become one vector, where there may be several.
  var sequence: SequenceRule?

  var needsScan: Bool {
    if case .fixed = encoding { false } else { true }
  }

  /// What a scan must gather values for, beyond counting the distinct ones.
  var scanned: ScannedEncoding? {
    if case .scanned(let encoding) = encoding { encoding } else { nil }
  }

  /// The field once its distinct values are counted; nil where no scan was needed.
  ///
  /// A scan fixes some encodings itself. Buckets are 16 a value up to 4096 values, and twice the values but at least 65,536 beyond; never fewer
  /// than 16, never more than the settings allow.
  func fitted(distinct: Int?, scanned: FittedField.Encoding? = nil) -> FittedField {
    switch encoding {
    case .fixed(let encoding):
      return FittedField(
        name: name, encoding: encoding, sequence: sequence, distinct: distinct)
    case .autoHash(let maxBuckets):
      return FittedField(
        name: name,
        encoding: .hash(buckets: Self.buckets(distinct: distinct ?? 0, most: maxBuckets)),
        sequence: sequence, distinct: distinct)
    case .scanned:
      guard let scanned else { preconditionFailure("PlannedField: \(name) without a scan") }
      return FittedField(
        name: name, encoding: scanned, sequence: sequence, distinct: distinct)
    }
  }

  /// The buckets that an automatic hash gives so many values.
  static func buckets(distinct: Int, most: Int) -> Int {
    min(distinct <= 4096 ? max(16, 16 * distinct) : max(1 << 16, 2 * distinct), most)
  }

  /// The most buckets that an automatic hash may have.
  var mostBuckets: Int {
    if case .autoHash(let most) = encoding {
      most
    } else {
      CategoricalEncoding.bucketRange.upperBound
    }
  }

  /// Whether the text is read as a number.
  var isNumber: Bool {
    switch encoding {
    case .fixed(.hash), .fixed(.vocabulary), .autoHash, .scanned(.vocabulary): false
    case .fixed, .scanned: true
    }
  }
}
