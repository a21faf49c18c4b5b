/// What `sfg inspect` finds in one pass over a split.
public struct Inspection {
  /// Rows, clicks, bad rows, and what every scan counts in each field.
  public let summary: DataSummary
  /// What else was found in each field.
  public let fields: [FieldInspection]
  /// Rows that repeat an earlier line, including its label; an estimate where lines were sampled.
  public let duplicateRows: Int
  /// One in so many distinct lines was checked for duplicates, by 64-bit hashes; 1 is every line.
  public let duplicatesSampled: Int
  /// The order of Avazu's hours; nil for other formats.
  public let hours: HourOrder?
  /// A sample of the rows.
  public let sample: RowSample
}

/// The order of the hours of a log.
public struct HourOrder: Equatable, Sendable {
  /// The first row's and the last row's hour, as YYMMDDHH.
  public let first: String, last: String
  /// Rows whose hour is earlier than that of the previous row.
  public let descents: Int

  init(_ watch: OrderWatch) {
    first = String(decoding: watch.first, as: UTF8.self)
    last = String(decoding: watch.last, as: UTF8.self)
    descents = watch.descents
  }
}

/// A value and how often it occurs.
public struct FrequentValue: Equatable, Sendable {
  /// Its text, safe to print, shortened where it is long.
  public let text: String
  /// Rows in which it occurs.
  public let count: Int
}

/// What an inspection finds in one field.
public struct FieldInspection: Equatable, Sendable {
  static let topValues = 10
  static let minCounts = [2, 5, 10]
  /// The maximum share of the rows that a suggested minimum count leaves out.
  static let rareRows = 0.05

  /// What every scan counts.
  public let summary: FieldSummary
  /// Whether it holds numbers.
  public let isNumeric: Bool
  /// Numbers below 0, and fractional numbers.
  public let negative: Int, fractional: Int
  /// The ten most frequent values, most frequent first.
  public let top: [FrequentValue]
  /// The maximum by which the counts in `top` are too low; 0 where they are exact.
  public let undercount: Int
  /// The share of values that share their bucket with another; nil where not all were kept.
  public let collisionShare: Double?
  /// The number of buckets under `buckets: auto`; nil for numbers.
  public let suggestedBuckets: Int?
  /// What minimum counts of 2, 5 and 10 would leave out.
  public let rare: [RareShare]
  /// Whether the rows are in ascending order of the field.
  public let isAscending: Bool

  /// The largest of 1, 2, 5 and 10 that leaves out values of at most 5 % of the rows.
  public var suggestedMinCount: Int { rare.last { $0.rows <= Self.rareRows }?.minCount ?? 1 }
  /// Whether nearly every row has a different value, as for an identifier of rows.
  public var isIdentifier: Bool {
    summary.distinct > 100
      && Double(summary.distinct) > 0.95 * Double(rare.first?.occurrences ?? 0)
  }
}

/// What a minimum count would leave out of one field.
public struct RareShare: Equatable, Sendable {
  /// The minimum count; values that occur less often are left out.
  public let minCount: Int
  /// The shares of the distinct values and of the rows that are left out.
  public let values: Double, rows: Double
  let occurrences: Int

  /// Evaluates the counts of one in `scale` values; `occurrences` excludes blanks.
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
