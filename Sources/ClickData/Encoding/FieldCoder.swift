/// How the text of one field becomes an id and a value, over memory that the fitted encoder keeps alive.
enum FieldCoder {
  /// A hash into buckets.
  case hash(FieldHash, buckets: UInt64)
  /// The id that a vocabulary gives.
  case vocabulary(Vocabulary.Lookup)
  /// The category of a number.
  case logBucket
  /// The bucket of a number.
  case quantile(QuantileEdges.Lookup)
  /// Id 1 and the number, less a mean and over a deviation.
  case value(mean: Double, deviation: Double)

  init(_ field: FittedField) {
    switch field.encoding {
    case .hash(let buckets):
      self = .hash(FieldHash(field: field.name), buckets: UInt64(buckets))
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
    case .logBucket, .quantile, .value: preconditionFailure("FieldCoder: a number is no category")
    }
  }

  /// The id of the empty text.
  var blank: UInt32 {
    if case .vocabulary(let lookup) = self { lookup.unknown } else { 0 }
  }
}
