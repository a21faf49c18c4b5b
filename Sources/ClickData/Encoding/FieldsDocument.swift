/// `encoder/fields.json` as it stands in the file.
struct FieldsDocument: Codable {
  private static let currentVersion = 1
  private static let frozenHash = "xxh3-64"

  private var version = FieldsDocument.currentVersion
  private var hash = FieldsDocument.frozenHash
  private var format: String
  private var label: String
  private var fields: [Field]

  private struct Field: Codable {
    var name: String
    var encoding: String
    var buckets: Int?
    var distinct: Int?
  }

  /// Why a document cannot be used.
  enum Problem: Error {
    case notTheDocument
    case version(Int)
    case hash(String)
    case format(String)
    case field(String)

    var sentence: String {
      switch self {
      case .notTheDocument: "expected an encoder as JSON, found other text"
      case .version(let found): "expected version \(currentVersion), found \(found)"
      case .hash(let found): "expected the hash \(frozenHash), found \"\(found)\""
      case .format(let found): "expected a known format, found \"\(found)\""
      case .field(let name): "the encoding of field \"\(name)\" is not one that can be read"
      }
    }
  }

  init(_ encoder: FittedEncoder) {
    format = encoder.format.rawValue
    label = encoder.label
    fields = encoder.fields.map { field in
      switch field.encoding {
      case .hash(let buckets): Field(name: field.name, encoding: "hash", buckets: buckets)
      case .logBucket: Field(name: field.name, encoding: "log_bucket")
      case .value: Field(name: field.name, encoding: "value")
      }
    }
    for (index, field) in encoder.fields.enumerated() { fields[index].distinct = field.distinct }
  }

  /// The encoder that the document describes.
  func encoder() throws -> FittedEncoder {
    guard version == Self.currentVersion else { throw Problem.version(version) }
    guard hash == Self.frozenHash else { throw Problem.hash(hash) }
    guard let format = DatasetSettings.Format(rawValue: format) else {
      throw Problem.format(format)
    }
    guard !fields.isEmpty else { throw Problem.notTheDocument }
    return FittedEncoder(
      format: format, label: label,
      fields: try fields.map { field in
        FittedField(
          name: field.name, encoding: try Self.encoding(of: field), distinct: field.distinct)
      })
  }

  private static func encoding(of field: Field) throws -> FittedField.Encoding {
    switch (field.encoding, field.buckets) {
    case ("hash", .some(let buckets)) where 1...FieldHash.mostBuckets ~= buckets:
      return .hash(buckets: buckets)
    case ("log_bucket", nil): return .logBucket
    case ("value", nil): return .value
    default: throw Problem.field(field.name)
    }
  }
}
