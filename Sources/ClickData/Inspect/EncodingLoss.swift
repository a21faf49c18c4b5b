/// What a field's encoding loses of its values, and the encoding that keeps it.
public struct EncodingLoss: Equatable, Sendable {
  /// Something that an encoding loses.
  public enum Kind: Equatable, Sendable {
    /// The share of the values that share their bucket with another.
    case collisions(Double)
    /// The share of the rows that are in one bucket of so many different numbers.
    case bucket(Double, numbers: Int)
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
  static let collisionShare = 0.01, bucketShare = 0.3, rareShare = 0.05
  /// The largest number that multiplies a vector without a remark.
  static let largestNumber = 1e6
}

extension FieldInspection {
  /// What the field's encoding loses; `numbers` are those of a sample of the rows.
  func losses(numbers: [Double]) -> [EncodingLoss] {
    let automatic = FieldEncoding.categorical(.auto(AutomaticCategories()))
    switch summary.field.encoding {
    case .hash:
      guard let share = collisionShare ?? summary.expectedCollisionShare,
        share > EncodingLoss.collisionShare
      else { return [] }
      return [.init(kind: .collisions(share), cure: .categorical(.vocabulary(minCount: 2)))]
    case .vocabulary(_, let minCount):
      guard minCount > 2, let rare = rare.last(where: { $0.minCount <= minCount }),
        rare.rows > EncodingLoss.rareShare
      else { return [] }
      return [.init(kind: .rare(rare.rows, minCount: rare.minCount), cure: automatic)]
    case .logBucket:
      let bucket = LogBucket()
      return bucketLoss(numbers) { bucket.id($0) }
    case .quantile(let edges): return bucketLoss(numbers, edges.lookup.id)
    case .value:
      let largest = summary.numbers.map { max(abs($0.lowerBound), abs($0.upperBound)) } ?? 0
      guard largest > EncodingLoss.largestNumber else { return [] }
      return [.init(kind: .range(largest), cure: .numeric(.standardValue))]
    case .standardValue: return []
    }
  }

  /// The loss of a bucket that holds many rows of many different numbers, none of which has most.
  private func bucketLoss(_ numbers: [Double], _ id: (Double) -> UInt32) -> [EncodingLoss] {
    var buckets: [UInt32: [Double: Int]] = [:]
    for number in numbers { buckets[id(number), default: [:]][number, default: 0] += 1 }
    let sizes = buckets.mapValues { $0.values.reduce(0, +) }
    guard let largest = sizes.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      let counts = buckets[largest.key]
    else { return [] }
    let share = Double(largest.value) / Double(numbers.count)
    guard share > EncodingLoss.bucketShare, counts.count > 1,
      2 * (counts.values.max() ?? 0) < largest.value
    else { return [] }
    return [.init(kind: .bucket(share, numbers: counts.count), cure: .numeric(.auto))]
  }
}

extension Inspection {
  /// What the encoding of each field loses.
  public var losses: [(field: FieldInspection, loss: EncodingLoss)] {
    fields.enumerated().flatMap { index, field -> [(field: FieldInspection, loss: EncodingLoss)] in
      // A field that uses another's encoding cannot be overridden.
      guard field.summary.field.embeddingOf == nil else { return [] }
      let numbers = field.isNumeric ? sample.numbers(field: index) : []
      return field.losses(numbers: numbers).map { (field, $0) }
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
