/// How a categorical field's text becomes an id.
public enum CategoricalEncoding: Equatable, Sendable {
  /// A frozen hash of (field, bytes) into a fixed number of buckets.
  case hash(buckets: Int)
  /// A hash whose buckets are sized from a first scan of the training data, at most `maxBuckets`.
  case autoHash(maxBuckets: Int)
  /// An id for each value that at least `minCount` training rows have, in the order of their counts; one for all else.
  case vocabulary(minCount: Int)

  /// The numbers of buckets whose ids fit in 32 bits, beside row 0.
  public static let bucketRange = 1...Int(UInt32.max) - 1
}

/// How a numeric field's text becomes an id and a value.
public enum NumericEncoding: Equatable, Sendable {
  /// The integer itself up to 2 and `⌊ln(x)²⌋` above, as a category.
  case logBucket
  /// A bucket of the training rows' numbers, of which each holds the same share, as a category.
  case quantile(buckets: Int)
  /// The number multiplies the field's vector.
  case value
  /// The number, less the training rows' mean and over their standard deviation, multiplies the field's vector.
  case standardValue

  /// The numbers of buckets that quantiles may separate.
  public static let quantileRange = 2...65_536
}

/// How one field's text becomes an id and a value.
public enum FieldEncoding: Equatable, Sendable {
  /// As a category.
  case categorical(CategoricalEncoding)
  /// As a number.
  case numeric(NumericEncoding)
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
}
