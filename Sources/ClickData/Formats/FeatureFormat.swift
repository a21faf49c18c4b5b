/// libffm and libsvm, without a header: a label, then `field:feature:value` or `feature:value`.
struct FeatureFormat: InputFormat {
  /// The declared fields, each with its numbers.
  let declared: [DatasetSettings.Field]
  /// Whether each feature names its field.
  private let namesFields: Bool

  /// libffm; a field without a number has the one after the field before, from 0.
  init(libffm fields: [DatasetSettings.Field]) {
    namesFields = true
    var next: UInt64 = 0
    declared = fields.map { field in
      var field = field
      let number = field.numbers?.lowerBound ?? next
      field.numbers = number...number
      next = number &+ 1
      return field
    }
  }

  /// libsvm; without any declared field, all features are one sequence.
  init(libsvm fields: [DatasetSettings.Field]) {
    namesFields = false
    let rule = SequenceRule(maxLength: 64, pooling: .sum)
    let all = DatasetSettings.Field(name: "features", kind: .sequence, sequence: rule)
    declared = fields.isEmpty ? [all] : fields
  }

  /// No number may belong to two fields; in libsvm each of several fields must list its numbers.
  func check() throws {
    guard !declared.isEmpty else { throw DataFailure.settings(.noNumberedFields) }
    if let field = declared.first(where: { $0.kind == .timestamp }) {
      throw DataFailure.settings(.timestampFeature(field.name))
    }
    guard declared.count > 1 else { return }
    let ranges = try declared.map { field in
      guard let numbers = field.numbers else { throw DataFailure.settings(.noFeatures(field.name)) }
      return (name: field.name, numbers: numbers)
    }.sorted { $0.numbers.lowerBound < $1.numbers.lowerBound }
    for (range, next) in zip(ranges, ranges.dropFirst())
    where range.numbers.upperBound >= next.numbers.lowerBound {
      throw DataFailure.settings(.sharedNumber(next.numbers.lowerBound, range.name, next.name))
    }
  }

  func schema(header: () throws -> [String]) -> (label: String, fields: [FieldDeclaration]) {
    // A feature's number is a name: even all digits, it is not a quantity.
    ("label", declared.map { FieldDeclaration($0, categoryMayBeNumber: false) })
  }

  /// The columns are the label, one per field, and the line itself.
  func start(label: String?, fields: [DatasetSettings.Field]) -> FileStart {
    let columns = fields.indices.map { $0 + 1 }
    return .rows(
      FileLayout(
        columnCount: fields.count + 1, delimiter: 0x20, labelColumn: label.map { _ in 0 },
        fieldColumns: columns, columnNames: [label ?? "label"] + fields.map(\.name),
        lists: fields.lists(in: columns),
        cutter: FeatureLine(
          FeatureTable(fields, namesFields: namesFields),
          start: label == nil ? .labelOrFeature : .label)))
  }
}

/// Which field each feature of a line belongs to.
struct FeatureTable {
  /// Whether each feature names its field; otherwise its number determines the field.
  let namesFields: Bool
  let kinds: [DatasetSettings.Field.Kind]
  /// The index of each sequence field among the sequences, else −1.
  let lists: [Int]

  private let fields: [DatasetSettings.Field]
  private let bounds: [ClosedRange<UInt64>]
  private let owners: [Int]

  init(_ fields: [DatasetSettings.Field], namesFields: Bool) {
    self.namesFields = namesFields
    self.fields = fields
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
  }

  /// The field of a number; −1 where it has none.
  @inline(__always)
  func field(of number: UInt64) -> Int {
    var low = 0
    var high = bounds.count
    while low < high {
      let middle = (low + high) / 2
      if bounds[middle].upperBound < number { low = middle + 1 } else { high = middle }
    }
    return low < bounds.count && bounds[low].lowerBound <= number ? owners[low] : -1
  }

  func expected(_ fault: FeatureFault) -> String {
    switch fault {
    case .form:
      return namesFields
        ? "field:feature:value with two whole numbers before the value"
        : "feature:value with a whole number before the value"
    case .size: return "numbers below 2^64"
    case .unknown:
      let known = "\(bounds.first?.lowerBound ?? 0) to \(bounds.last?.upperBound ?? 0)"
      return (namesFields ? "" : "a feature of ") + "a field of dataset.fields (\(known))"
    case .second: return "one feature of this field (type: sequence takes several)"
    case .value:
      return "the value 1 of a category (type: sequence and type: numeric take others)"
    case .weight: return "a value of at most 3.4e38 in size"
    case .tooMany(let field):
      return "at most \(fields[field].sequence.maxLength) features of this field (its max_len)"
    }
  }
}
