/// What `sfg inspect` finds in one pass over a split.
public struct Inspection {
  /// Rows, clicks, bad rows, and for each field what every scan counts.
  public let summary: DataSummary
  /// What more was found in each field.
  public let fields: [FieldInspection]
  /// Rows whose whole line, its label with it, came before; an estimate where lines were sampled.
  public let duplicateRows: Int
  /// One in so many distinct lines was watched for duplicates, told apart by 64-bit hashes; 1 is every line.
  public let duplicatesSampled: Int
  /// The order of Avazu's hours; nil for other formats.
  public let hours: HourOrder?
  /// A sample of the rows.
  public let sample: RowSample
}

/// In which order the hours of a log come.
public struct HourOrder: Equatable, Sendable {
  /// The first row's and the last row's hour, as YYMMDDHH.
  public let first: String, last: String
  /// Rows whose hour is before that of the row before.
  public let descents: Int

  init(_ watch: OrderWatch) {
    first = String(decoding: watch.first, as: UTF8.self)
    last = String(decoding: watch.last, as: UTF8.self)
    descents = watch.descents
  }
}

/// A value with how often it occurs.
public struct FrequentValue: Equatable, Sendable {
  /// Its text, safe to print, cut where it is long.
  public let text: String
  /// Rows in which it occurs.
  public let count: Int
}

/// What an inspection finds in one field.
public struct FieldInspection: Equatable, Sendable {
  static let topValues = 10
  static let minCounts = [2, 5, 10]
  /// The share of the rows that a suggested minimum count may cost.
  static let rareRows = 0.05

  /// What every scan counts.
  public let summary: FieldSummary
  /// Whether it holds numbers.
  public let isNumeric: Bool
  /// Numbers below 0, and numbers that are not whole.
  public let negative: Int, fractional: Int
  /// The ten most frequent values, most frequent first.
  public let top: [FrequentValue]
  /// By how much the counts in `top` may be too low; 0 where they are exact.
  public let undercount: Int
  /// The share of values that share their bucket with another, counted; nil where it can only be expected.
  public let collisionShare: Double?
  /// Buckets that `auto` would give the field; nil for numbers.
  public let suggestedBuckets: Int?
  /// What minimum counts of 2, 5 and 10 would leave out.
  public let rare: [RareShare]
  /// Whether the rows ascend by it.
  public let isAscending: Bool

  /// The largest of 1, 2, 5 and 10 that leaves out values of at most 5 % of the rows.
  public var suggestedMinCount: Int {
    rare.last { $0.rows <= Self.rareRows }?.minCount ?? 1
  }
  /// Whether nearly every row has a value of its own, as a row's identifier has.
  public var isIdentifier: Bool {
    summary.distinct > 100
      && Double(summary.distinct) > 0.95 * Double(rare.first?.occurrences ?? 0)
  }
}

/// What a minimum count would leave out of one field.
public struct RareShare: Equatable, Sendable {
  /// Values that occur less often are left out.
  public let minCount: Int
  /// The shares of the distinct values and of the rows that are left out.
  public let values: Double, rows: Double
  let occurrences: Int

  /// Judges the counts of all values, or of one in `scale` of them; blank rows are not among the `occurrences`.
  init(minCount: Int, counts: [Int], scale: Int, occurrences: Int) {
    let left = counts.filter { $0 < minCount }
    self.minCount = minCount
    self.occurrences = occurrences
    values = counts.isEmpty ? 0 : Double(left.count) / Double(counts.count)
    rows =
      occurrences == 0
      ? 0 : min(1, Double(left.reduce(0, +)) * Double(scale) / Double(occurrences))
  }
}
