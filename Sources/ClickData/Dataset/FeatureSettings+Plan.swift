extension FeatureSettings {
  /// Throws `DataFailure.settings` where a number of buckets or a count is impossible.
  func check() throws {
    try Self.check(categorical, key: "features.categorical")
    try Self.check(numeric, key: "features.numeric")
    for (name, encoding) in overrides.sorted(by: { $0.key < $1.key }) {
      let key = "features.overrides.\(name)"
      switch encoding {
      case .categorical(let categorical): try Self.check(categorical, key: key)
      case .numeric(let numeric): try Self.check(numeric, key: key)
      }
    }
  }

  /// How each declared field is encoded; throws `DataFailure.settings` where an override does not fit.
  func plan(_ fields: [FieldDeclaration]) throws -> [PlannedField] {
    let names = Set(fields.map(\.name))
    for name in overrides.keys.sorted() where !names.contains(name) {
      throw DataFailure.settings(.unknownField(name, fields: fields.map(\.name)))
    }
    return try fields.map { field in
      let encoding =
        overrides[field.name]
        ?? (field.kind == .numeric ? .numeric(numeric) : .categorical(categorical))
      if case .numeric = encoding, !field.mayBeNumber {
        throw DataFailure.settings(.numericText(field.name))
      }
      return PlannedField(
        name: field.name, encoding: Self.plan(encoding), sequence: field.sequence)
    }
  }

  private static func plan(_ encoding: FieldEncoding) -> PlannedField.Encoding {
    switch encoding {
    case .categorical(.hash(let buckets)): .fixed(.hash(buckets: buckets))
    case .categorical(.autoHash(let maxBuckets)): .autoHash(maxBuckets: maxBuckets)
    case .categorical(.vocabulary(let minCount)): .scanned(.vocabulary(minCount: minCount))
    case .numeric(.logBucket): .fixed(.logBucket)
    case .numeric(.quantile(let buckets)): .scanned(.quantile(buckets: buckets))
    case .numeric(.value): .fixed(.value)
    case .numeric(.standardValue): .scanned(.standardValue)
    }
  }

  private static func check(_ encoding: CategoricalEncoding, key: String) throws {
    switch encoding {
    case .hash(let buckets): try check(buckets: buckets, key: "\(key).buckets")
    case .autoHash(let maxBuckets): try check(buckets: maxBuckets, key: "\(key).max_buckets")
    case .vocabulary(let minCount):
      guard minCount >= 1 else {
        throw DataFailure.settings(.minCount(minCount, key: "\(key).min_count"))
      }
    }
  }

  private static func check(_ encoding: NumericEncoding, key: String) throws {
    guard case .quantile(let buckets) = encoding, !NumericEncoding.quantileRange.contains(buckets)
    else {
      return
    }
    throw DataFailure.settings(.quantiles(buckets, key: "\(key).quantiles"))
  }

  private static func check(buckets: Int, key: String) throws {
    guard CategoricalEncoding.bucketRange.contains(buckets) else {
      throw DataFailure.settings(.buckets(buckets, key: key))
    }
  }
}
