/// How a categorical field's text becomes an id.
public enum CategoricalEncoding: Equatable, Sendable {
  /// A frozen hash of (field, bytes) into a fixed number of buckets.
  case hash(buckets: Int)
  /// A hash whose buckets are sized from a first scan of the training data, at most `maxBuckets`.
  case autoHash(maxBuckets: Int)
  /// An id for each value of at least `minCount` training rows, by count; one for all others.
  case vocabulary(minCount: Int)
  /// A vocabulary where a field has few enough values, else a hash.
  case auto(AutomaticCategories)

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
    case .auto(let rule): try rule.check(key: key)
    }
  }
}

/// How the training rows choose a category's encoding.
///
/// A field of up to `maxVocabulary` distinct values gets a vocabulary with a row of its own for the
/// missing value; one with more values is hashed.
public struct AutomaticCategories: Equatable, Sendable {
  /// The maximum number of distinct values of a field with a vocabulary.
  public var maxVocabulary = 1_000_000
  /// How often a value must occur to be in the vocabulary.
  ///
  /// With 2, values that occur once train the row of unseen values.
  public var minCount = 2
  /// The maximum number of buckets of a hash.
  public var maxBuckets = 1_000_000
  /// The defaults.
  public init() {}

  /// The numbers of distinct values that a vocabulary may be limited to.
  public static let vocabularyRange = 1...100_000_000

  func check(key: String) throws {
    try CategoricalEncoding.vocabulary(minCount: minCount).check(key: key)
    try CategoricalEncoding.autoHash(maxBuckets: maxBuckets).check(key: key)
    let range = Self.vocabularyRange
    guard range.contains(maxVocabulary) else {
      throw DataFailure.settings(
        .number(
          maxVocabulary, key: "\(key).max_vocabulary",
          expected: "\(range.lowerBound) to \(range.upperBound) values"))
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
  /// `logBucket` for whole numbers whose buckets keep nearly all information, else quantiles.
  case auto

  /// The numbers of buckets that quantiles may separate.
  public static let quantileRange = 2...65_536

  func check(key: String) throws {
    switch self {
    case .quantile(let buckets):
      try checkBuckets(buckets, in: Self.quantileRange, key: "\(key).quantiles")
    case .logBucket, .value, .standardValue, .auto: break
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
  public var categorical = CategoricalEncoding.auto(AutomaticCategories())
  /// For numeric fields.
  public var numeric = NumericEncoding.auto
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
