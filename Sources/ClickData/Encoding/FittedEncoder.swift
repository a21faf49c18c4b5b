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

  /// Where a source that is ordered by a column is divided into splits; nil for others.
  public let split: SplitBoundaries?

  /// Makes an encoder of fields.
  public init(
    format: DatasetSettings.Format, label: String, fields: [FittedField],
    split: SplitBoundaries? = nil
  ) {
    self.split = split
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
  public func save(to path: String) throws { try EncoderFile(self).save(to: path) }

  /// A hash of all that determines ids: encoders with the same fingerprint encode rows alike.
  var fingerprint: String {
    ContentHash.text(Array(document.utf8).withUnsafeBytes { ContentHash.of($0) })
  }

  /// The document that describes it, as JSON without its seal.
  var document: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    // Encoding texts, integers and finite numbers cannot fail.
    return (try? encoder.encode(FieldsDocument(self))).map { String(decoding: $0, as: UTF8.self) }
      ?? ""
  }

  /// Reads it back; throws `FileFailure`, or `DataFailure.damagedEncoder`.
  public init(contentsOf path: String) throws { self = try EncoderFile(contentsOf: path).encoder }
}
