/// How a categorical field's text becomes an id.
public enum CategoricalEncoding: Equatable, Sendable {
  /// A frozen hash of (field, bytes) into a fixed number of buckets.
  case hash(buckets: Int)
  /// A hash whose buckets are sized from a first scan of the training data, at most `maxBuckets`.
  case autoHash(maxBuckets: Int)
  /// An id for each value of at least `minCount` training rows, by count; one for all others.
  case vocabulary(minCount: Int)

  /// The numbers of buckets whose ids fit in 32 bits, beside row 0.
  public static let bucketRange = 1...Int(UInt32.max) - 1

  func check(key: String) throws {
    switch self {
    case .hash(let buckets): try checkBuckets(buckets, in: Self.bucketRange, key: "\(key).buckets")
    case .autoHash(let maxBuckets):
      try checkBuckets(maxBuckets, in: Self.bucketRange, key: "\(key).max_buckets")
    case .vocabulary(let minCount):
      guard minCount >= 1 else {
        throw DataFailure.settings(
          .number(minCount, key: "\(key).min_count", expected: "a count of at least 1"))
      }
    }
  }
}

/// How a numeric field's text becomes an id and a value.
public enum NumericEncoding: Equatable, Sendable {
  /// The integer itself up to 2 and `⌊ln(x)²⌋` above, as a category.
  case logBucket
  /// One of several buckets, each with the same share of the training rows' numbers, as a category.
  case quantile(buckets: Int)
  /// The number multiplies the field's vector.
  case value
  /// As `value`, after subtracting the training rows' mean and dividing by their deviation.
  case standardValue

  /// The numbers of buckets that quantiles may separate.
  public static let quantileRange = 2...65_536

  func check(key: String) throws {
    switch self {
    case .quantile(let buckets):
      try checkBuckets(buckets, in: Self.quantileRange, key: "\(key).quantiles")
    case .logBucket, .value, .standardValue: break
    }
  }
}

/// How one field's text becomes an id and a value.
public enum FieldEncoding: Equatable, Sendable {
  /// As a category.
  case categorical(CategoricalEncoding)
  /// As a number.
  case numeric(NumericEncoding)

  func check(key: String) throws {
    switch self {
    case .categorical(let encoding): try encoding.check(key: key)
    case .numeric(let encoding): try encoding.check(key: key)
    }
  }
}

/// How fields become ids: the `features:` section of a configuration.
public struct FeatureSettings: Equatable, Sendable {
  /// For categorical fields.
  public var categorical = CategoricalEncoding.autoHash(maxBuckets: 1_000_000)
  /// For numeric fields.
  public var numeric = NumericEncoding.logBucket
  /// For single fields, by name.
  public var overrides: [String: FieldEncoding] = [:]
  /// The defaults.
  public init() {}

  /// Throws `DataFailure.settings` where a number of buckets or a count is impossible.
  func check() throws {
    try categorical.check(key: "features.categorical")
    try numeric.check(key: "features.numeric")
    for (name, encoding) in overrides.sorted(by: { $0.key < $1.key }) {
      try encoding.check(key: "features.overrides.\(name)")
    }
  }
}

private func checkBuckets(_ buckets: Int, in range: ClosedRange<Int>, key: String) throws {
  guard range.contains(buckets) else {
    throw DataFailure.settings(
      .number(
        buckets, key: key, expected: "\(range.lowerBound) to \(range.upperBound) buckets"))
  }
}
