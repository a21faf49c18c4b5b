extension FittedField {
  /// How a field's text becomes an id and a value, with all that was fitted for it.
  ///
  /// Every encoding has a case here and answers in each of the switches of this file.
  public enum Encoding: Equatable, Sendable {
    /// A frozen hash into so many buckets; ids from 1, 0 is missing.
    case hash(buckets: Int)
    /// An id for each value of a vocabulary, from 1, and one for every other text; it holds the
    /// values of at least `minCount` training rows.
    case vocabulary(Vocabulary, minCount: Int)
    /// `log_bucket` categories.
    case logBucket
    /// Buckets between edges.
    case quantile(QuantileEdges)
    /// Id 1 with the number as its value.
    case value
    /// Id 1 with the number, less a mean and divided by a deviation, as its value.
    case standardValue(mean: Double, deviation: Double)
  }
}

extension FittedField.Encoding {
  /// What `fields.json` calls an encoding.
  enum Name: String {
    case hash, vocabulary
    case logBucket = "log_bucket"
    case quantile, value
  }

  var name: Name {
    switch self {
    case .hash: .hash
    case .vocabulary: .vocabulary
    case .logBucket: .logBucket
    case .quantile: .quantile
    case .value, .standardValue: .value
    }
  }

  /// What the ids mean, and the rows of the field's table.
  var table: (kind: FieldSchema.Kind, rows: Int) {
    switch self {
    case .hash(let buckets): (.category, buckets + 1)
    case .vocabulary(let vocabulary, _): (.category, vocabulary.rows)
    case .logBucket: (.category, LogBucket.rows)
    case .quantile(let edges): (.category, edges.rows)
    case .value, .standardValue: (.value, 2)
    }
  }

  /// Whether each value of a sequence may be encoded so.
  var takesSequences: Bool {
    switch self {
    case .hash, .vocabulary: true
    case .logBucket, .quantile, .value, .standardValue: false
    }
  }

  /// The vocabulary, which is saved in a separate file.
  var vocabulary: Vocabulary? {
    if case .vocabulary(let vocabulary, _) = self { vocabulary } else { nil }
  }
}

extension FieldsDocument.Field {
  /// Describes a field, whose vocabulary is saved in `vocabularyFile`.
  init(_ field: FittedField, vocabularyFile: String) {
    name = field.name
    encoding = field.encoding.name.rawValue
    embeddingOf = field.embeddingOf
    sequence = field.sequence.map(FieldsDocument.Sequence.init)
    distinct = field.distinct
    guard embeddingOf == nil else { return }
    switch field.encoding {
    case .hash(let buckets): self.buckets = buckets
    case .vocabulary(let vocabulary, let minCount):
      self.vocabulary = .init(
        file: vocabularyFile, values: vocabulary.count, minCount: minCount,
        bytes: vocabulary.textBytes, checksum: ContentHash.text(vocabulary.checksum),
        blank: vocabulary.blank == .unknown ? nil : vocabulary.blank.rawValue,
        unknown: vocabulary.firstCount == vocabulary.count ? nil : vocabulary.firstCount + 1)
    case .quantile(let edges): self.edges = edges.edges
    case .standardValue(let mean, let deviation): (self.mean, self.deviation) = (mean, deviation)
    case .logBucket, .value: break
    }
  }

  /// The encoding, with its vocabulary from a folder; nil where it is not as it was written.
  func fittedEncoding(in folder: String) throws -> FittedField.Encoding? {
    guard let name = FittedField.Encoding.Name(rawValue: encoding) else { return nil }
    switch name {
    case .hash:
      guard let buckets, CategoricalEncoding.bucketRange ~= buckets else { return nil }
      return .hash(buckets: buckets)
    case .vocabulary:
      guard let vocabulary, !vocabulary.file.contains("/"), vocabulary.values >= 0,
        vocabulary.minCount >= 1, vocabulary.hasPossibleUnknown,
        let blank = Vocabulary.Blank(rawValue: vocabulary.blank ?? "unknown")
      else { return nil }
      return .vocabulary(
        try vocabulary.values(in: folder, blank: blank), minCount: vocabulary.minCount)
    case .logBucket: return .logBucket
    case .quantile:
      guard let edges, edges.count < NumericEncoding.quantileRange.upperBound,
        zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 })
      else { return nil }
      return .quantile(QuantileEdges(edges))
    case .value:
      guard mean != nil || deviation != nil else { return .value }
      guard let mean, let deviation else { return nil }
      return deviation > 0 ? .standardValue(mean: mean, deviation: deviation) : nil
    }
  }
}

extension FieldEncoding {
  /// What a scan of the training rows must find before the encoding is fixed.
  var requirement: EncodingRequirement {
    switch self {
    case .categorical(.hash(let buckets)): .nothing(.hash(buckets: buckets))
    case .categorical(.autoHash(let maxBuckets)):
      .distinctValues { .hash(buckets: FieldHash.buckets(distinct: $0, limit: maxBuckets)) }
    case .categorical(.vocabulary(let minCount)): .allValues { VocabularyFit(minCount: minCount) }
    case .categorical(.auto(let rule)): .allValues { CategoryFit(rule) }
    case .numeric(.logBucket): .nothing(.logBucket)
    case .numeric(.quantile(let buckets)): .allValues { QuantileFit(buckets: buckets) }
    case .numeric(.value): .nothing(.value)
    case .numeric(.standardValue): .allValues { StandardFit() }
    case .numeric(.auto): .allValues { NumberFit() }
    }
  }

  var textKind: TextKind {
    switch self {
    case .categorical: .category
    case .numeric(.logBucket), .numeric(.quantile), .numeric(.auto): .number
    case .numeric(.value), .numeric(.standardValue): .float
    }
  }
}

/// What must be known of the training rows before an encoding is fixed.
enum EncodingRequirement {
  /// Nothing: the settings fix it.
  case nothing(FittedField.Encoding)
  /// The number of distinct values.
  case distinctValues((Int) -> FittedField.Encoding)
  /// Every value, collected by a fit.
  case allValues(() -> any FieldFit)
}

/// What a field's text is read as.
enum TextKind {
  /// Any text.
  case category
  /// A number in the range of a double.
  case number
  /// A number in the range of a float.
  case float
}
