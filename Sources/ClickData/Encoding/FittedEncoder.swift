import Foundation
import Platform

/// Everything needed to encode rows in the same way again.
///
/// A run saves it as `encoder/fields.json`, with a file beside it for each vocabulary.
public struct FittedEncoder: Equatable, Sendable {
  /// The format of the text that it was fitted to.
  public let format: DatasetSettings.Format
  /// The label's column.
  public let label: String
  /// The fields in the order of a batch.
  public let fields: [FittedField]

  /// Makes an encoder of fields.
  public init(format: DatasetSettings.Format, label: String, fields: [FittedField]) {
    self.format = format
    self.label = label
    self.fields = fields
  }

  /// What a model needs to know of the fields.
  public var schema: [FieldSchema] { fields.map(\.schema) }

  /// Bytes of memory that its vocabularies take.
  public var vocabularyBytes: Int {
    fields.reduce(0) { $0 + ($1.embeddingOf == nil ? $1.encoding.vocabulary?.bytes ?? 0 : 0) }
  }

  /// Writes it as JSON, and vocabularies beside it, atomically; throws `FileFailure`.
  public func save(to path: String) throws {
    let folder = Folder.parent(of: path)
    for (index, field) in fields.enumerated() where field.embeddingOf == nil {
      let file = FieldsDocument.file(of: field.name, at: index)
      try field.encoding.vocabulary?.save(to: "\(folder)/\(file)")
    }
    try AtomicFile.write(try text() + "\n", to: path)
  }

  /// A hash of all that determines ids: encoders with the same fingerprint encode rows alike.
  var fingerprint: String {
    // Encoding texts, integers and finite numbers cannot fail.
    let bytes = Array(((try? text()) ?? "").utf8)
    return ContentHash.text(bytes.withUnsafeBytes { ContentHash.of($0) })
  }

  private func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(FieldsDocument(self)), as: UTF8.self)
  }

  /// Reads it back; throws `FileFailure`, or `DataFailure.damagedEncoder`.
  public init(contentsOf path: String) throws {
    let bytes = try WholeFile.read(path)
    do {
      let document = try JSONDecoder().decode(FieldsDocument.self, from: Data(bytes))
      self = try document.encoder(in: Folder.parent(of: path))
    } catch let problem as FieldsDocument.Problem {
      var path = path
      if case .vocabulary(let file, _) = problem { path = file }
      throw DataFailure.damagedEncoder(path: path, reason: problem.sentence)
    } catch is DecodingError {
      throw DataFailure.damagedEncoder(
        path: path, reason: FieldsDocument.Problem.notTheDocument.sentence)
    }
  }
}
