/// What a field's encoding loses of its values, and the encoding that keeps it.
public struct EncodingLoss: Equatable, Sendable {
  /// Something that an encoding loses.
  public enum Kind: Equatable, Sendable {
    /// The share of the values that share their bucket with another.
    case collisions(Double)
    /// The share of the entropy of balanced quantiles that buckets of numbers keep, and the share
    /// of the rows in the largest of them.
    case merged(kept: Double, largest: Double)
    /// The share of the rows whose value occurs less often than the minimum count.
    case rare(Double, minCount: Int)
    /// A number so large that a step moves its vector far.
    case range(Double)
  }

  /// What is lost.
  public let kind: Kind
  /// The encoding that keeps it.
  public let cure: FieldEncoding

  /// The shares above which a loss is reported.
  static let collisionShare = 0.01, rareShare = 0.05
  /// The largest number that multiplies a vector without a remark.
  static let largestNumber = 1e6
}

extension FieldInspection {
  /// What the field's encoding loses; `numbers` are those of a sample of the rows, and `buckets`
  /// how many quantiles `auto` would make.
  func losses(numbers: [Double], buckets: Int) -> [EncodingLoss] {
    let automatic = FieldEncoding.categorical(.auto(AutomaticCategories()))
    switch summary.field.encoding {
    case .hash:
      guard let share = collisionShare ?? summary.expectedCollisionShare,
        share > EncodingLoss.collisionShare
      else { return [] }
      let isFew = summary.distinct <= AutomaticCategories().maxVocabulary
      let cure = isFew ? automatic : .categorical(.vocabulary(minCount: 2))
      return [.init(kind: .collisions(share), cure: cure)]
    case .vocabulary(_, let minCount):
      guard minCount > 2, let rare = rare.last(where: { $0.minCount <= minCount }),
        rare.rows > EncodingLoss.rareShare
      else { return [] }
      return [.init(kind: .rare(rare.rows, minCount: rare.minCount), cure: automatic)]
    case .logBucket:
      let bucket = LogBucket()
      return bucketLoss(numbers, buckets) { bucket.id($0) }
    case .quantile(let edges): return bucketLoss(numbers, buckets, edges.lookup.id)
    case .value:
      let largest = summary.numbers.map { max(abs($0.lowerBound), abs($0.upperBound)) } ?? 0
      guard largest > EncodingLoss.largestNumber else { return [] }
      return [.init(kind: .range(largest), cure: .numeric(.standardValue))]
    case .standardValue: return []
    }
  }

  /// The loss of buckets that merge numbers, compared with the buckets that `auto` would make.
  private func bucketLoss(
    _ numbers: [Double], _ quantiles: Int, _ id: (Double) -> UInt32
  ) -> [EncodingLoss] {
    var buckets: [UInt32: Int] = [:]
    var counts: [Double: Int] = [:]
    for number in numbers {
      buckets[id(number), default: 0] += 1
      counts[number, default: 0] += 1
    }
    var balanced = BalancedBuckets(rows: numbers.count, buckets: quantiles)
    for count in counts.values { balanced.plan(count) }
    for (number, count) in counts.sorted(by: { $0.key < $1.key }) {
      balanced.add(number, count: count)
    }
    let entropy = NumberFit.entropy(balanced.counts)
    // In the order of the ids, so that the sum is the same each time.
    let sizes = buckets.sorted { $0.key < $1.key }.map(\.value)
    let kept = entropy > 0 ? NumberFit.entropy(sizes) / entropy : 1
    guard kept < NumberFit.keptShare else { return [] }
    let largest = Double(sizes.max() ?? 0) / Double(numbers.count)
    return [.init(kind: .merged(kept: kept, largest: largest), cure: .numeric(.auto))]
  }
}

extension Inspection {
  /// What the encoding of each field loses.
  public var losses: [(field: FieldInspection, loss: EncodingLoss)] {
    fields.enumerated().flatMap { index, field -> [(field: FieldInspection, loss: EncodingLoss)] in
      // A field that uses another's encoding cannot be overridden.
      guard field.summary.field.embeddingOf == nil else { return [] }
      let numbers = field.isNumeric ? sample.numbers(field: index) : []
      let buckets = NumberFit.buckets(
        rows: summary.rows - field.summary.missing,
        rarerLabel: min(summary.positives, summary.rows - summary.positives))
      return field.losses(numbers: numbers, buckets: buckets).map { (field, $0) }
    }
  }
}

extension RowSample {
  /// The numbers of a field of numbers, without blanks.
  fileprivate func numbers(field: Int) -> [Double] {
    (0..<rows).compactMap { row in
      let key = key(row, field: field)
      return key == Self.blank ? nil : Double(bitPattern: key)
    }
  }
}
