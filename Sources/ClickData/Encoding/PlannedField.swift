/// A field with the encoding that the settings choose, before a scan has fixed it.
struct PlannedField: Equatable {
  var name: String
  var encoding: FieldEncoding
  var sequence: SequenceRule?
  /// The field whose table this one uses; nil where it has its own.
  var owner: Owner?

  /// Another field, by its name and its place among the fields.
  struct Owner: Equatable {
    var name: String
    var index: Int
  }

  /// The field whose table it uses, which is part of the hash of its values.
  var table: String { owner?.name ?? name }

  /// Whether its encoding depends on the training rows.
  var needsScan: Bool { if case .nothing = encoding.requirement { false } else { true } }

  /// The field after a scan, or without one, where nothing depends on it.
  ///
  /// `values` is the number of values that its table must hold.
  func fitted(
    distinct: Int?, values: Int? = nil, encoding determined: FittedField.Encoding? = nil
  ) -> FittedField {
    let fixed: FittedField.Encoding
    switch encoding.requirement {
    case .nothing(let encoding): fixed = encoding
    case .distinctValues(let encoding): fixed = encoding(values ?? distinct ?? 0)
    case .allValues:
      guard let determined else { preconditionFailure("PlannedField: \(name) without a scan") }
      fixed = determined
    }
    return FittedField(name: name, encoding: fixed, sequence: sequence, distinct: distinct)
  }

  /// The maximum number of buckets of an automatic hash.
  var maxBuckets: Int {
    switch encoding {
    case .categorical(.autoHash(let limit)): limit
    case .categorical(.auto(let rule)): rule.maxBuckets
    case .categorical, .numeric: CategoricalEncoding.bucketRange.upperBound
    }
  }

  /// Whether the text is read as a number.
  var isNumber: Bool { encoding.textKind != .category }
}

extension [PlannedField] {
  /// The fields after a scan that counted `distinct` values in each; nil without one.
  func fitted(distinct: [Int]?, encodings: [Int: FittedField.Encoding]) -> [FittedField] {
    let values = distinct.map(tableValues)
    let own = indices.map { index in
      self[index].fitted(
        distinct: distinct?[index], values: values?[index],
        encoding: encodings[self[index].owner?.index ?? index])
    }
    return zip(self, own).map { planned, field in
      guard let owner = planned.owner else { return field }
      return FittedField(
        name: field.name, encoding: own[owner.index].encoding, embeddingOf: owner.name,
        sequence: field.sequence, distinct: field.distinct)
    }
  }

  /// The same fields in the order of an encoder's; throws `FieldsChanged` unless both have the
  /// same.
  func ordered(as encoder: FittedEncoder) throws -> [PlannedField] {
    let names = encoder.fields.map(\.name)
    let places = Dictionary(
      enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let added = map(\.name).filter { !Set(names).contains($0) }
    let removed = names.filter { places[$0] == nil }
    guard added.isEmpty, removed.isEmpty else {
      throw FieldsChanged(added: added, removed: removed)
    }
    let new = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return names.compactMap { places[$0] }.map { place in
      var field = self[place]
      if let owner = field.owner { field.owner?.index = new[owner.name] ?? owner.index }
      return field
    }
  }

  /// The number of values that each field's table holds, at most: those of all fields that use it.
  func tableValues(_ distinct: [Int]) -> [Int] {
    var values = distinct
    for (index, field) in enumerated() {
      if let owner = field.owner { values[owner.index] += distinct[index] }
    }
    return values
  }
}

extension FeatureSettings {
  /// Plans the encoding of each field; throws `DataFailure.settings` for an impossible override.
  func plan(_ fields: [FieldDeclaration]) throws -> [PlannedField] {
    let places = Dictionary(
      fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    for name in overrides.keys.sorted() where places[name] == nil {
      throw DataFailure.settings(.unknownField(name, fields: fields.map(\.name)))
    }
    return try fields.map { field in
      guard let owner = field.embeddingOf else { return try plan(field) }
      guard let index = places[owner] else {
        throw DataFailure.settings(.noOwner(owner, field: field.name))
      }
      guard overrides[field.name] == nil else {
        throw DataFailure.settings(.sharedOverride(field.name, owner: owner))
      }
      var planned = try plan(fields[index])
      guard planned.encoding.textKind == .category else {
        throw DataFailure.settings(.numericOwner(owner, field: field.name))
      }
      planned.name = field.name
      planned.sequence = field.sequence
      planned.owner = .init(name: owner, index: index)
      return planned
    }
  }

  /// Plans a field that has its own table.
  private func plan(_ field: FieldDeclaration) throws -> PlannedField {
    let encoding = encoding(of: field)
    guard encoding.textKind == .category || field.mayBeNumber else {
      throw DataFailure.settings(.numericText(field.name))
    }
    return PlannedField(name: field.name, encoding: encoding, sequence: field.sequence)
  }

  /// An override, or the encoding of the field's kind; `auto` is always that of the kind.
  private func encoding(of field: FieldDeclaration) -> FieldEncoding {
    guard let override = overrides[field.name] else {
      return field.kind == .numeric ? .numeric(numeric) : .categorical(categorical)
    }
    if case .categorical(.auto) = override, field.kind == .numeric { return .numeric(.auto) }
    return override
  }
}
