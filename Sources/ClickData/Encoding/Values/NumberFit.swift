import Glibc
import Platform

/// Chooses between `log_bucket` and quantiles by what their buckets keep of a field's numbers.
///
/// Whole numbers of at least −100, each of whose negatives has a category of its own, get
/// `log_bucket` if its buckets keep the numbers apart, with an entropy of at least `keptShare` of
/// that of quantiles, and are large enough to be trained: at most `thinShare` of the rows beside
/// frequent numbers may be in buckets of fewer than `thinRows`. All other numbers get quantiles.
final class NumberFit: FieldFit {
  /// The share of the quantiles' entropy that `log_bucket` must keep.
  static let keptShare = 0.9
  /// The share of the rows beside frequent numbers that may be in buckets of fewer rows than these.
  static let thinShare = 0.1, thinRows = 50
  /// The maximum number of quantiles, and how many rows, and rows of the rarer label, each should
  /// have: a bucket learns nothing without a click.
  static let maxBuckets = 64, rowsPerBucket = 200, rarerPerBucket = 5

  private let counts = NumberCounts()
  private var isWhole = true
  private var smallest = Double.infinity

  func take(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) {
    let number = counts.add(text, count)
    if number.rounded(.towardZero) != number { isWhole = false }
    if number < smallest { smallest = number }
  }

  var bytes: Int { counts.bytes }
  func spill(to file: SpillFile) throws { try counts.spill(to: file) }

  func encoding(_ spill: SpillFile?, _ found: ScanCounts) throws -> FittedField.Encoding {
    let mayBeLog = isWhole && smallest >= Double(LogBucket.lowest)
    var logCounts = [Int](repeating: 0, count: mayBeLog ? LogBucket.rows : 0)
    var buckets = BalancedBuckets(
      rows: counts.total,
      buckets: Self.buckets(rows: counts.total, rarerLabel: found.rarerLabel))
    try counts.forEach(spill) { number, count in
      buckets.plan(count)
      if mayBeLog { logCounts[LogBucket.category(number) - LogBucket.lowest] += count }
    }
    try counts.forEach(spill) { buckets.add($0, count: $1) }
    let isLog = mayBeLog && Self.keepsEnough(logCounts, of: buckets)
    return isLog ? .logBucket : .quantile(QuantileEdges(buckets.edges))
  }

  private static func keepsEnough(_ logCounts: [Int], of buckets: BalancedBuckets) -> Bool {
    let thin = logCounts.reduce(0) { $0 + ($1 < thinRows ? $1 : 0) }
    return entropy(logCounts) >= keptShare * entropy(buckets.counts)
      && Double(thin) <= thinShare * Double(buckets.infrequentRows)
  }

  /// The number of quantiles for so many rows, and so many of the label that fewer rows have.
  static func buckets(rows: Int, rarerLabel: Int) -> Int {
    min(max(min(rows / rowsPerBucket, rarerLabel / rarerPerBucket), 10), maxBuckets)
  }

  /// `−Σ p ln p` over the shares of the rows.
  static func entropy(_ counts: [Int]) -> Double {
    let total = Double(counts.reduce(0, +))
    return counts.reduce(0) { sum, count in
      guard count > 0 else { return sum }
      let share = Double(count) / total
      return sum - share * log(share)
    }
  }
}

/// Divides ascending numbers among buckets: a number that fills a bucket has one of its own, the
/// others share the rest of the buckets equally.
///
/// A quantile of all rows would give a long tail beside one frequent number a single bucket.
struct BalancedBuckets {
  /// The upper bounds of all buckets but the last.
  private(set) var edges: [Double] = []
  /// The rows of each bucket, but for the last while numbers are added.
  var counts: [Int] { rest > 0 ? closed + [rest] : closed }

  private let rows: Int
  private let buckets: Int
  private var frequentRows = 0, frequentNumbers = 0
  /// The rows of all numbers that do not fill a bucket.
  var infrequentRows: Int { rows - frequentRows }
  private var closed: [Int] = []
  private var rest = 0
  private var last = 0.0

  init(rows: Int, buckets: Int) {
    self.rows = rows
    self.buckets = buckets
  }

  private func isFrequent(_ count: Int) -> Bool { count * buckets >= rows }

  /// Notes how often a number occurs: of all numbers, before the first is added.
  mutating func plan(_ count: Int) {
    guard isFrequent(count) else { return }
    frequentRows += count
    frequentNumbers += 1
  }

  /// Adds the next larger number.
  mutating func add(_ number: Double, count: Int) {
    if isFrequent(count), rest > 0 { close() }
    // The edge of a full bucket is drawn when a larger number follows.
    if let full = closed.last, full > 0, edges.count < closed.count { edges.append(last) }
    rest += count
    last = number
    let others = max(1, buckets - frequentNumbers)
    if isFrequent(count) || rest >= (infrequentRows + others - 1) / others { close() }
  }

  private mutating func close() {
    closed.append(rest)
    rest = 0
  }
}
