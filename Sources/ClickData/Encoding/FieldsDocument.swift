/// `encoder/fields.json` as it stands in the file.
struct FieldsDocument: Codable {
  /// Version 1 knows no encoding that is fitted to the values themselves, version 2 no sequences; both are read as well.
  private static let currentVersion = 3
  private static let frozenHash = "xxh3-64"

  private var version = FieldsDocument.currentVersion
  private var hash = FieldsDocument.frozenHash
  private var format: String
  private var label: String
  private var fields: [Field]

  private struct Field: Codable {
    var name: String
    var encoding: String
    var sequence: Sequence?
    var buckets: Int?
    var distinct: Int?
    var vocabulary: VocabularyFile?
    var edges: [Double]?
    var mean: Double?
    var deviation: Double?
  }

  /// How the values of one row become one vector.
  private struct Sequence: Codable {
    var maxLength: Int
    var pooling: String

    enum CodingKeys: String, CodingKey {
      case pooling
      case maxLength = "max_len"
    }

    init(_ rule: SequenceRule) {
      maxLength = rule.maxLength
      pooling = rule.pooling.rawValue
    }

    var rule: SequenceRule? {
      guard SequenceRule.lengthRange.contains(maxLength) else { return nil }
      return SequenceRule.Pooling(rawValue: pooling).map {
        SequenceRule(maxLength: maxLength, pooling: $0)
      }
    }
  }

  /// Where a field's vocabulary is, and what must be found there.
  private struct VocabularyFile: Codable {
    var file: String
    var values: Int
    var minCount: Int
    var checksum: String

    enum CodingKeys: String, CodingKey {
      case file, values, checksum
      case minCount = "min_count"
    }
  }

  /// Why a document cannot be used.
  enum Problem: Error {
    case notTheDocument
    case version(Int)
    case hash(String)
    case format(String)
    case field(String)
    /// Of another file than the document itself.
    case vocabulary(path: String, expected: Int)

    var sentence: String {
      switch self {
      case .notTheDocument: "expected an encoder as JSON, found other text"
      case .version(let found): "expected version 1 to \(currentVersion), found \(found)"
      case .hash(let found): "expected the hash \(frozenHash), found \"\(found)\""
      case .format(let found): "expected a known format, found \"\(found)\""
      case .field(let name): "the encoding of field \"\(name)\" is not one that can be read"
      case .vocabulary(_, let values):
        "expected the \(values) values whose checksum is in fields.json, found others"
      }
    }
  }

  /// Describes an encoder.
  init(_ encoder: FittedEncoder) {
    format = encoder.format.rawValue
    label = encoder.label
    fields = encoder.fields.enumerated().map { index, field in
      switch field.encoding {
      case .hash(let buckets):
        return Field(name: field.name, encoding: "hash", buckets: buckets)
      case .vocabulary(let vocabulary, let minCount):
        let file = VocabularyFile(
          file: Self.file(of: field.name, at: index), values: vocabulary.count,
          minCount: minCount, checksum: vocabulary.checksum.hexadecimal)
        return Field(name: field.name, encoding: "vocabulary", vocabulary: file)
      case .logBucket: return Field(name: field.name, encoding: "log_bucket")
      case .quantile(let edges):
        return Field(name: field.name, encoding: "quantile", edges: edges.edges)
      case .value: return Field(name: field.name, encoding: "value")
      case .standardValue(let mean, let deviation):
        return Field(name: field.name, encoding: "value", mean: mean, deviation: deviation)
      }
    }
    for (index, field) in encoder.fields.enumerated() {
      fields[index].distinct = field.distinct
      fields[index].sequence = field.sequence.map(Sequence.init)
    }
  }

  /// The name of a field's file: its place, which makes it unlike any other, and what of its name every file system takes.
  static func file(of field: String, at index: Int) -> String {
    let name = field.unicodeScalars.prefix(64).map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar) ? scalar : "_"
    }
    return "\(index + 1)_\(String(String.UnicodeScalarView(name))).txt"
  }

  /// The encoder that the document describes, with what lies in files beside it in a folder.
  func encoder(in folder: String) throws -> FittedEncoder {
    guard 1...Self.currentVersion ~= version else { throw Problem.version(version) }
    guard hash == Self.frozenHash else { throw Problem.hash(hash) }
    guard let format = DatasetSettings.Format(rawValue: format) else {
      throw Problem.format(format)
    }
    guard !fields.isEmpty else { throw Problem.notTheDocument }
    return FittedEncoder(
      format: format, label: label,
      fields: try fields.map { field in
        FittedField(
          name: field.name, encoding: try Self.encoding(of: field, in: folder),
          sequence: try Self.sequence(of: field), distinct: field.distinct)
      })
  }

  /// A sequence is of categories: each value is looked up.
  private static func sequence(of field: Field) throws -> SequenceRule? {
    guard let sequence = field.sequence else { return nil }
    guard let rule = sequence.rule, ["hash", "vocabulary"].contains(field.encoding) else {
      throw Problem.field(field.name)
    }
    return rule
  }

  private static func encoding(
    of field: Field, in folder: String
  ) throws -> FittedField.Encoding {
    switch field.encoding {
    case "hash":
      guard let buckets = field.buckets, CategoricalEncoding.bucketRange.contains(buckets) else {
        break
      }
      return .hash(buckets: buckets)
    case "vocabulary":
      guard let file = field.vocabulary, !file.file.contains("/") else { break }
      return .vocabulary(try vocabulary(file, in: folder), minCount: file.minCount)
    case "log_bucket": return .logBucket
    case "quantile":
      guard let edges = field.edges, zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
        break
      }
      return .quantile(QuantileEdges(edges))
    case "value":
      guard let mean = field.mean, let deviation = field.deviation else { return .value }
      guard deviation > 0 else { break }
      return .standardValue(mean: mean, deviation: deviation)
    default: break
    }
    throw Problem.field(field.name)
  }

  private static func vocabulary(_ file: VocabularyFile, in folder: String) throws -> Vocabulary {
    let path = "\(folder)/\(file.file)"
    let vocabulary = try Vocabulary.read(path)
    guard vocabulary.count == file.values, vocabulary.checksum.hexadecimal == file.checksum else {
      throw Problem.vocabulary(path: path, expected: file.values)
    }
    return vocabulary
  }
}

extension UInt64 {
  /// Sixteen hexadecimal digits.
  fileprivate var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
