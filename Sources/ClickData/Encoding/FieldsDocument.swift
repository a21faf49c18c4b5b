import Platform

/// The content of `encoder/fields.json`.
struct FieldsDocument: Codable {
  /// Version 1 has no fitted encodings, version 2 no sequences, version 3 no seal, no shared tables
  /// and no vocabularies in which blanks are missing values, version 4 none to which values were
  /// appended; all are read.
  private static let currentVersion = 5
  /// What is written where no vocabulary has grown.
  private static let ungrownVersion = 4
  private static let firstSealedVersion = 4
  /// A header has at most as many columns.
  private static let largestCount = 1 << 20
  private static let frozenHash = "xxh3-64"

  private var version = FieldsDocument.ungrownVersion
  private var hash = FieldsDocument.frozenHash
  private var format: String
  private var label: String
  private var fields: [Field]
  private var split: SplitBoundaries?
  private var seal: String? = DocumentSeal.blank

  /// One field; the keys beside its name and encoding are those of the encoding.
  struct Field: Codable {
    var name: String
    var encoding: String
    /// The field whose table and encoding this one uses; then no keys of the encoding follow.
    var embeddingOf: String?
    var sequence: Sequence?
    var buckets: Int?
    var distinct: Int?
    var vocabulary: VocabularyFile?
    var edges: [Double]?
    var mean: Double?
    var deviation: Double?

    enum CodingKeys: String, CodingKey {
      case name, encoding, sequence, buckets, distinct, vocabulary, edges, mean, deviation
      case embeddingOf = "embedding_of"
    }
  }

  struct Sequence: Codable {
    var maxLength: Int
    var pooling: String
    /// Nil in documents of versions that always kept the first values.
    var truncate: String?

    enum CodingKeys: String, CodingKey {
      case pooling, truncate
      case maxLength = "max_len"
    }

    init(_ rule: SequenceRule) {
      maxLength = rule.maxLength
      pooling = rule.pooling.rawValue
      truncate = rule.truncation.rawValue
    }

    var rule: SequenceRule? {
      guard SequenceRule.lengthRange ~= maxLength else { return nil }
      guard let pooling = SequenceRule.Pooling(rawValue: pooling),
        let truncation = SequenceRule.Truncation(rawValue: truncate ?? "first")
      else { return nil }
      return SequenceRule(maxLength: maxLength, pooling: pooling, truncation: truncation)
    }
  }

  /// Where a field's vocabulary is, and how its content is verified.
  struct VocabularyFile: Codable {
    var file: String
    var values: Int
    var minCount: Int
    /// The size of the file; nil in documents of version 3.
    var bytes: Int?
    var checksum: String
    /// What blanks are; absent where they are unknown values.
    var blank: String?
    /// The id of unknown values; absent where it follows those of all values.
    var unknown: Int?

    /// The largest file that is read for a document without its size; a little more is read in any
    /// case, so that the usual message reports a small change.
    private static let largestFile = 4 << 30

    enum CodingKeys: String, CodingKey {
      case file, values, bytes, checksum, blank, unknown
      case minCount = "min_count"
    }

    /// Whether unknown values have an id among those of the values, or behind them.
    var hasPossibleUnknown: Bool { unknown.map { $0 >= 1 && $0 - 1 <= values } ?? true }

    /// Reads the vocabulary from a folder and verifies it.
    func values(in folder: String, blank: Vocabulary.Blank) throws -> Vocabulary {
      let path = "\(folder)/\(file)"
      let vocabulary = try Vocabulary.read(
        path, blank: blank, unknown: unknown, limit: (bytes ?? Self.largestFile) + 1 << 20)
      guard let vocabulary, vocabulary.count == values,
        ContentHash.text(vocabulary.checksum) == checksum
      else {
        throw Problem.vocabulary(path: path, expected: values)
      }
      return vocabulary
    }
  }

  enum Problem: Error {
    case notTheDocument
    case version(Int)
    case hash(String)
    case format(String)
    case field(String)
    case fieldCount(Int)
    case repeated(String)
    case noSeal
    case seal
    /// In another file than the document itself.
    case vocabulary(path: String, expected: Int)

    var sentence: String {
      switch self {
      case .notTheDocument: "expected an encoder as JSON, found other text"
      case .version(let found): "expected version 1 to \(currentVersion), found \(found)"
      case .hash(let found): "expected the hash \(frozenHash), found \"\(found)\""
      case .format(let found): "expected a known format, found \"\(found)\""
      case .fieldCount(let found): "expected 1 to \(largestCount) fields, found \(found)"
      case .repeated(let name): "found \"\(name)\" twice, expected it once"
      case .noSeal: "expected a seal, the checksum of the file, found none"
      case .seal: "its bytes do not have the checksum that is its seal"
      case .field(let name): "the encoding of field \"\(name)\" is not one that can be read"
      case .vocabulary(_, let values):
        "expected the \(values) values whose checksum is in fields.json, found others"
      }
    }
  }

  init(_ encoder: FittedEncoder) {
    format = encoder.format.rawValue
    label = encoder.label
    split = encoder.split
    fields = encoder.fields.enumerated().map { index, field in
      Field(field, vocabularyFile: Self.file(of: field.name, at: index))
    }
    if fields.contains(where: { $0.vocabulary?.unknown != nil }) { version = Self.currentVersion }
  }

  /// The name of a field's file: its unique index, and what all file systems accept of its name.
  static func file(of field: String, at index: Int) -> String {
    let name = field.unicodeScalars.prefix(64).map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar) ? scalar : "_"
    }
    return "\(index + 1)_\(String(String.UnicodeScalarView(name))).txt"
  }

  /// The seal of the document that these bytes are; nil in versions that have none.
  func checkedSeal(in bytes: [UInt8]) throws -> String? {
    guard 1...Self.currentVersion ~= version else { throw Problem.version(version) }
    if let key = JSONKeys.repeated(in: bytes) { throw Problem.repeated(key) }
    guard version >= Self.firstSealedVersion else { return nil }
    guard let found = DocumentSeal.found(in: bytes) else { throw Problem.noSeal }
    guard found.isValid else { throw Problem.seal }
    return found.seal
  }

  /// The encoder that the document describes, with the vocabularies in files beside it in a folder.
  func encoder(in folder: String) throws -> FittedEncoder {
    guard hash == Self.frozenHash else { throw Problem.hash(hash) }
    guard let format = DatasetSettings.Format(rawValue: format) else {
      throw Problem.format(format)
    }
    try checkFields()
    if let split, !split.isValid { throw Problem.notTheDocument }
    let own = try ownEncodings(in: folder)
    return FittedEncoder(
      format: format, label: label,
      fields: try fields.map { field in
        let table = field.embeddingOf ?? field.name
        guard let encoding = own[table], encoding.name.rawValue == field.encoding,
          field.embeddingOf == nil || encoding.takesSequences
        else { throw Problem.field(field.name) }
        return FittedField(
          name: field.name, encoding: encoding, embeddingOf: field.embeddingOf,
          sequence: try Self.rule(of: field, encoding), distinct: field.distinct)
      }, split: split)
  }

  /// The encodings of the fields that have their own, by name.
  private func ownEncodings(in folder: String) throws -> [String: FittedField.Encoding] {
    var own: [String: FittedField.Encoding] = [:]
    for field in fields where field.embeddingOf == nil {
      guard let encoding = try field.fittedEncoding(in: folder) else {
        throw Problem.field(field.name)
      }
      own[field.name] = encoding
    }
    return own
  }

  /// Checks what can be checked before memory is allocated for any field.
  private func checkFields() throws {
    guard 1...Self.largestCount ~= fields.count else { throw Problem.fieldCount(fields.count) }
    var names: Set<String> = []
    var files: Set<String> = []
    for field in fields {
      guard names.insert(field.name).inserted else { throw Problem.repeated(field.name) }
      if let file = field.vocabulary?.file, !files.insert(file).inserted {
        throw Problem.repeated(file)
      }
      guard field.distinct ?? 0 >= 0 else { throw Problem.field(field.name) }
    }
  }

  private static func rule(
    of field: Field, _ encoding: FittedField.Encoding
  ) throws -> SequenceRule? {
    guard let sequence = field.sequence else { return nil }
    guard let rule = sequence.rule, encoding.takesSequences else { throw Problem.field(field.name) }
    return rule
  }
}
