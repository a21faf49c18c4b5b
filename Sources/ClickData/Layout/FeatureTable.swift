/// Which field each feature of a line belongs to, where lines hold features: libffm and libsvm.
struct FeatureTable {
  /// A label, then features.
  static let label = "label"

  /// Whether each feature names its field (`field:feature:value`), or its number alone tells (`feature:value`).
  let namesFields: Bool
  /// The kinds of the fields, in their order.
  let kinds: [DatasetSettings.Field.Kind]
  /// The list of each field that is a sequence, else −1.
  let lists: [Int]
  /// What stands in a sentence for all numbers that there are.
  let known: String

  private let bounds: [ClosedRange<Int>]
  private let owners: [Int]

  /// The table of fields that know their numbers.
  init(_ fields: [DatasetSettings.Field], namesFields: Bool) {
    self.namesFields = namesFields
    kinds = fields.map(\.kind)
    var list = -1
    lists = fields.map { field in
      guard field.kind == .sequence else { return -1 }
      list += 1
      return list
    }
    let sorted = fields.enumerated().map { ($1.numbers ?? 0...DatasetSettings.Field.maxNumber, $0) }
      .sorted { $0.0.lowerBound < $1.0.lowerBound }
    bounds = sorted.map(\.0)
    owners = sorted.map(\.1)
    let first = bounds.first?.lowerBound ?? 0
    known = "\(first) to \(bounds.last?.upperBound ?? 0)"
  }

  /// The field of a number; −1 where it is nobody's.
  @inline(__always)
  func field(of number: Int) -> Int {
    var low = 0
    var high = bounds.count
    while low < high {
      let middle = (low + high) / 2
      if bounds[middle].upperBound < number { low = middle + 1 } else { high = middle }
    }
    return low < bounds.count && bounds[low].lowerBound <= number ? owners[low] : -1
  }

  /// The fields that the settings declare, each with its numbers; without any, libsvm has one of all features.
  static func fields(of settings: DatasetSettings) -> [DatasetSettings.Field] {
    guard settings.format == .libffm else {
      guard settings.fields.isEmpty else { return settings.fields }
      let rule = SequenceRule(maxLength: 64, pooling: .sum)
      return [DatasetSettings.Field(name: "features", kind: .sequence, sequence: rule)]
    }
    var next = 0
    return settings.fields.map { field in
      var field = field
      let number = field.numbers?.lowerBound ?? next
      field.numbers = number...number
      next = number + 1
      return field
    }
  }
}
