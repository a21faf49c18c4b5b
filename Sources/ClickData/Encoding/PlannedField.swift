/// A field with the encoding that the settings choose, before a scan has fixed it.
struct PlannedField: Equatable {
  var name: String
  var encoding: FieldEncoding
  var sequence: SequenceRule?

  /// Whether its encoding depends on the training rows.
  var needsScan: Bool { if case .nothing = encoding.requirement { false } else { true } }

  /// The field after a scan, or without one, where nothing depends on it.
  func fitted(distinct: Int?, encoding determined: FittedField.Encoding? = nil) -> FittedField {
    let fixed: FittedField.Encoding
    switch encoding.requirement {
    case .nothing(let encoding): fixed = encoding
    case .distinctValues(let encoding): fixed = encoding(distinct ?? 0)
    case .allValues:
      guard let determined else { preconditionFailure("PlannedField: \(name) without a scan") }
      fixed = determined
    }
    return FittedField(name: name, encoding: fixed, sequence: sequence, distinct: distinct)
  }

  /// The maximum number of buckets of an automatic hash.
  var maxBuckets: Int {
    if case .categorical(.autoHash(let limit)) = encoding { return limit }
    return CategoricalEncoding.bucketRange.upperBound
  }

  /// Whether the text is read as a number.
  var isNumber: Bool { encoding.textKind != .category }
}

extension FeatureSettings {
  /// Plans the encoding of each field; throws `DataFailure.settings` for an impossible override.
  func plan(_ fields: [FieldDeclaration]) throws -> [PlannedField] {
    let names = Set(fields.map(\.name))
    for name in overrides.keys.sorted() where !names.contains(name) {
      throw DataFailure.settings(.unknownField(name, fields: fields.map(\.name)))
    }
    return try fields.map { field in
      let encoding =
        overrides[field.name]
        ?? (field.kind == .numeric ? .numeric(numeric) : .categorical(categorical))
      guard encoding.textKind == .category || field.mayBeNumber else {
        throw DataFailure.settings(.numericText(field.name))
      }
      return PlannedField(name: field.name, encoding: encoding, sequence: field.sequence)
    }
  }
}
