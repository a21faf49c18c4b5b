import ClickData

extension FeatureSettings: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.section("categorical", &categorical)
    try keys.section("numeric", &numeric)
    try keys.table("overrides", &overrides)
  }
}

extension NumericEncoding: KeyedSection {
  fileprivate enum Name: String, CaseIterable {
    case auto
    case logBucket = "log_bucket"
    case value, quantile
  }

  private enum Scale: String, CaseIterable { case none, standard }

  fileprivate var name: Name {
    switch self {
    case .auto: .auto
    case .logBucket: .logBucket
    case .quantile: .quantile
    case .value, .standardValue: .value
    }
  }

  init() { self = FeatureSettings().numeric }

  mutating func visit(_ keys: inout some KeyVisitor) throws {
    var name = name
    try keys.key("encoding", &name, .choice)
    try visitParts(&keys, of: name, named: name.rawValue)
  }

  /// The keys beside `encoding`; without a name, none has a meaning.
  fileprivate mutating func visitParts(
    _ keys: inout some KeyVisitor, of name: Name?, named encoding: String
  ) throws {
    var quantiles = 10
    if case .quantile(let buckets) = self { quantiles = buckets }
    var scale: Scale = self == .standardValue ? .standard : .none
    try keys.key(
      "quantiles", &quantiles, .integer(Self.quantileRange),
      meaninglessWith: name == .quantile ? nil : foreign(encoding, takenBy: "quantile"))
    try keys.key(
      "scale", &scale, .choice,
      meaninglessWith: name == .value ? nil : foreign(encoding, takenBy: "value"))
    switch name {
    case .auto: self = .auto
    case .logBucket: self = .logBucket
    case .quantile: self = .quantile(buckets: quantiles)
    case .value: self = scale == .standard ? .standardValue : .value
    case nil: break
    }
  }
}

extension CategoricalEncoding: KeyedSection {
  fileprivate enum Name: String, CaseIterable { case auto, hash, vocabulary }

  fileprivate var name: Name {
    switch self {
    case .auto: .auto
    case .hash, .autoHash: .hash
    case .vocabulary: .vocabulary
    }
  }

  init() { self = FeatureSettings().categorical }

  mutating func visit(_ keys: inout some KeyVisitor) throws {
    var name = name
    // Only hashing has a fixed number of buckets.
    if name == .auto, keys.isWritten("buckets") { name = .hash }
    try keys.key("encoding", &name, .choice)
    try visitParts(&keys, of: name, named: name.rawValue)
  }

  /// The keys beside `encoding`; without a name, none has a meaning.
  ///
  /// `max_buckets` may be given together with a fixed number, which it does not bound, so that a
  /// file can fix what the file it extends leaves open.
  fileprivate mutating func visitParts(
    _ keys: inout some KeyVisitor, of name: Name?, named encoding: String
  ) throws {
    var buckets: Int?
    // The values of another encoding are not defaults of this one.
    var rule = AutomaticCategories()
    if name == .vocabulary { rule.minCount = 1 }
    switch self {
    case .auto(let written): if name == .auto { rule = written }
    case .hash(let fixed): buckets = fixed
    case .autoHash(let most): rule.maxBuckets = most
    case .vocabulary(let least): rule.minCount = least
    }
    let none = "encoding: \(encoding)"
    try keys.key(
      "max_vocabulary", &rule.maxVocabulary, .integer(AutomaticCategories.vocabularyRange),
      meaninglessWith: name == .auto ? nil : none)
    try keys.key(
      "buckets", &buckets, .integer(Self.bucketRange, or: "auto").insteadOfNull("write auto"),
      meaninglessWith: name == .hash ? nil : foreign(encoding, takenBy: "hash"))
    try keys.key(
      "max_buckets", &rule.maxBuckets, .integer(Self.bucketRange),
      meaninglessWith: name == .hash || name == .auto ? nil : none)
    try keys.key(
      "min_count", &rule.minCount, .integer(1...).insteadOfNull("write 1 to keep every value"),
      meaninglessWith: name == .vocabulary || name == .auto ? nil : none)
    switch name {
    case .auto: self = .auto(rule)
    case .hash: self = buckets.map { .hash(buckets: $0) } ?? .autoHash(maxBuckets: rule.maxBuckets)
    case .vocabulary: self = .vocabulary(minCount: rule.minCount)
    case nil: break
    }
  }
}

extension FieldEncoding: KeyedSection {
  /// `auto` is the choice among categories; for a field of numbers it is that among numbers.
  private enum Name: String, CaseIterable {
    case auto, hash, vocabulary
    case logBucket = "log_bucket"
    case value, quantile
  }

  private var name: Name {
    switch self {
    case .categorical(let encoding):
      switch encoding.name {
      case .auto: .auto
      case .hash: .hash
      case .vocabulary: .vocabulary
      }
    case .numeric(let encoding):
      switch encoding.name {
      case .auto: .auto
      case .logBucket: .logBucket
      case .quantile: .quantile
      case .value: .value
      }
    }
  }

  init() { self = .categorical(CategoricalEncoding()) }

  mutating func visit(_ keys: inout some KeyVisitor) throws {
    var name = name
    var categorical = CategoricalEncoding()
    var numeric = NumericEncoding()
    switch self {
    case .categorical(let encoding): categorical = encoding
    case .numeric(let encoding): numeric = encoding
    }
    if name == .auto, keys.isWritten("buckets") { name = .hash }
    try keys.key("encoding", &name, .choice)
    try categorical.visitParts(
      &keys, of: CategoricalEncoding.Name(rawValue: name.rawValue), named: name.rawValue)
    try numeric.visitParts(
      &keys, of: NumericEncoding.Name(rawValue: name.rawValue), named: name.rawValue)
    switch name {
    case .auto, .hash, .vocabulary: self = .categorical(categorical)
    case .logBucket, .value, .quantile: self = .numeric(numeric)
    }
  }
}

/// Why a key has no meaning; under the default, also which encoding takes it.
private func foreign(_ encoding: String, takenBy other: String) -> String {
  "encoding: \(encoding)" + (encoding == "auto" ? " (\(other) takes it)" : "")
}
