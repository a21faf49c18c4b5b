import Foundation
import Platform

/// What turns raw rows into ids the same way again: a run keeps it as `encoder/fields.json`, with a file beside it for each
/// vocabulary.
public struct FittedEncoder: Equatable, Sendable {
  /// The layout of the text it was made for.
  public let format: DatasetSettings.Format
  /// The label's column.
  public let label: String
  /// The fields in the order of a batch.
  public let fields: [FittedField]

  /// Puts an encoder together.
  public init(format: DatasetSettings.Format, label: String, fields: [FittedField]) {
    self.format = format
    self.label = label
    self.fields = fields
  }

  /// What a model needs to know of the fields.
  public var schema: [FieldSchema] { fields.map(\.schema) }

  /// Bytes of memory that its vocabularies take.
  public var vocabularyBytes: Int {
    fields.reduce(0) { sum, field in
      guard case .vocabulary(let vocabulary, _) = field.encoding else { return sum }
      return sum + vocabulary.bytes
    }
  }

  /// Writes it as JSON, and vocabularies beside it, atomically; throws `FileFailure`.
  public func save(to path: String) throws {
    let folder = Folder.parent(of: path)
    for (index, field) in fields.enumerated() {
      guard case .vocabulary(let vocabulary, _) = field.encoding else { continue }
      try vocabulary.save(to: "\(folder)/\(FieldsDocument.file(of: field.name, at: index))")
    }
    try AtomicFile.write(try text() + "\n", to: path)
  }

  /// A hash of all that turns text into ids: encoders with the same one give the same rows.
  var fingerprint: String {
    // Texts, integers and finite numbers cannot fail to be encoded.
    let bytes = Array(((try? text()) ?? "").utf8)
    return ContentHash.text(bytes.withUnsafeBytes { ContentHash.of($0) })
  }

  private func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(FieldsDocument(self)), as: UTF8.self)
  }

  /// Reads it back; throws `FileFailure`, or `DataFailure.damagedEncoder` where a file is not what `save` writes.
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
