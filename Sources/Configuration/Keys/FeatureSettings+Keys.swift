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
    case logBucket = "log_bucket"
    case value, quantile
  }

  private enum Scale: String, CaseIterable { case none, standard }

  fileprivate var name: Name {
    switch self {
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
      meaninglessWith: name == .quantile ? nil : "encoding: \(encoding)")
    try keys.key(
      "scale", &scale, .choice, meaninglessWith: name == .value ? nil : "encoding: \(encoding)")
    switch name {
    case .logBucket: self = .logBucket
    case .quantile: self = .quantile(buckets: quantiles)
    case .value: self = scale == .standard ? .standardValue : .value
    case nil: break
    }
  }
}

extension CategoricalEncoding: KeyedSection {
  fileprivate enum Name: String, CaseIterable { case hash, vocabulary }

  fileprivate var name: Name {
    switch self {
    case .hash, .autoHash: .hash
    case .vocabulary: .vocabulary
    }
  }

  init() { self = FeatureSettings().categorical }

  mutating func visit(_ keys: inout some KeyVisitor) throws {
    var name = name
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
    let bounds = Self.bucketRange
    var buckets: Int?
    var maxBuckets = 1_000_000
    var minCount = 1
    switch self {
    case .hash(let fixed): buckets = fixed
    case .autoHash(let most): maxBuckets = most
    case .vocabulary(let least): minCount = least
    }
    let unlessHash = name == .hash ? nil : "encoding: \(encoding)"
    try keys.key("buckets", &buckets, .integer(bounds, or: "auto"), meaninglessWith: unlessHash)
    try keys.key("max_buckets", &maxBuckets, .integer(bounds), meaninglessWith: unlessHash)
    try keys.key(
      "min_count", &minCount, .integer(1...),
      meaninglessWith: name == .vocabulary ? nil : "encoding: \(encoding)")
    switch name {
    case .hash: self = buckets.map { .hash(buckets: $0) } ?? .autoHash(maxBuckets: maxBuckets)
    case .vocabulary: self = .vocabulary(minCount: minCount)
    case nil: break
    }
  }
}

extension FieldEncoding: KeyedSection {
  private enum Name: String, CaseIterable {
    case hash, vocabulary
    case logBucket = "log_bucket"
    case value, quantile
  }

  private var name: Name {
    switch self {
    case .categorical(let encoding):
      switch encoding.name {
      case .hash: .hash
      case .vocabulary: .vocabulary
      }
    case .numeric(let encoding):
      switch encoding.name {
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
    try keys.key("encoding", &name, .choice)
    try categorical.visitParts(
      &keys, of: CategoricalEncoding.Name(rawValue: name.rawValue), named: name.rawValue)
    try numeric.visitParts(
      &keys, of: NumericEncoding.Name(rawValue: name.rawValue), named: name.rawValue)
    switch name {
    case .hash, .vocabulary: self = .categorical(categorical)
    case .logBucket, .value, .quantile: self = .numeric(numeric)
    }
  }
}
