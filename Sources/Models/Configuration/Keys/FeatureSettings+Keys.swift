import ClickData

extension FeatureSettings: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.section("categorical", &categorical)
    try keys.section("numeric", &numeric)
    try keys.table("overrides", &overrides)
  }
}

extension NumericEncoding: KeyedSection {
  init() { self = FeatureSettings().numeric }

  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("encoding", &self, .choice)
  }
}

extension CategoricalEncoding: KeyedSection {
  private enum Name: String, CaseIterable { case hash }

  init() { self = FeatureSettings().categorical }

  mutating func visit(_ keys: inout some KeyVisitor) throws {
    var name = Name.hash
    try keys.key("encoding", &name, .choice)
    try visitBuckets(&keys, meaninglessWith: nil)
  }

  /// The keys of a hash.
  ///
  /// `max_buckets` may stand beside a fixed number, which it does not bound, so that one file can fix what
  /// the file it extends leaves open.
  fileprivate mutating func visitBuckets(
    _ keys: inout some KeyVisitor, meaninglessWith context: String?
  ) throws {
    // Ids are 32 bits wide, and row 0 of every table stands for the missing value.
    let bounds = 1...(Int(UInt32.max) - 1)
    var buckets: Int?
    var maxBuckets = 1_000_000
    switch self {
    case .hash(let fixed): buckets = fixed
    case .autoHash(let most): maxBuckets = most
    }
    try keys.key(
      "buckets", &buckets, .integer(bounds, or: "auto"), meaninglessWith: context)
    try keys.key("max_buckets", &maxBuckets, .integer(bounds), meaninglessWith: context)
    self = buckets.map { .hash(buckets: $0) } ?? .autoHash(maxBuckets: maxBuckets)
  }
}

extension FieldEncoding: KeyedSection {
  private enum Name: String, CaseIterable {
    case hash, value
    case logBucket = "log_bucket"
  }

  private var name: Name {
    switch self {
    case .categorical: .hash
    case .numeric(.value): .value
    case .numeric(.logBucket): .logBucket
    }
  }

  init() { self = .categorical(CategoricalEncoding()) }

  mutating func visit(_ keys: inout some KeyVisitor) throws {
    var name = name
    var hash = CategoricalEncoding()
    if case .categorical(let encoding) = self { hash = encoding }
    try keys.key("encoding", &name, .choice)
    try hash.visitBuckets(
      &keys, meaninglessWith: name == .hash ? nil : "encoding: \(name.rawValue)")
    switch name {
    case .hash: self = .categorical(hash)
    case .value: self = .numeric(.value)
    case .logBucket: self = .numeric(.logBucket)
    }
  }
}
