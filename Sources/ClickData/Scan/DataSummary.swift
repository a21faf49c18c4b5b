import Glibc

/// What one pass over a split found: enough to size tables.
public struct DataSummary: Equatable, Sendable {
  /// Good rows.
  public let rows: Int
  /// Good rows whose label is 1.
  public let positives: Int
  /// Bad rows left out.
  public let badRows: Int
  /// What is wrong with the first five of them, and where.
  public let badRowMessages: [String]
  /// The fields in the order of a batch.
  public let fields: [FieldSummary]

  /// The share of positive rows.
  public var clickRate: Double { Double(positives) / Double(rows) }
}

/// What one pass over a split found in one field.
public struct FieldSummary: Equatable, Sendable {
  /// The field with the encoding that the settings, and where needed this pass, give it.
  public let field: FittedField
  /// Distinct values that are not blank: texts of a hashed field, numbers of a numeric one.
  public let distinct: Int
  /// Whether `distinct` was counted (up to 65,536) or estimated within about 1 %.
  public let isExact: Bool
  /// Rows in which it is blank.
  public let missing: Int
  /// The smallest and the largest number of a numeric field; nil where it is hashed or always blank.
  public let numbers: ClosedRange<Double>?

  /// The share of distinct values expected to share their bucket with another; nil where nothing is hashed.
  ///
  /// Of `n` values hashed uniformly into `b` buckets, that is `1 − (1 − 1/b)ⁿ⁻¹`.
  public var expectedCollisionShare: Double? {
    guard case .hash(let buckets) = field.encoding else { return nil }
    guard distinct > 1 else { return 0 }
    return -expm1(Double(distinct - 1) * log1p(-1 / Double(buckets)))
  }
}
