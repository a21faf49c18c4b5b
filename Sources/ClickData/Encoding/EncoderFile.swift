import Foundation
import Platform

/// The file of an encoder, `encoder/fields.json`: the encoder, and the seal by which weights name
/// it.
///
/// The seal covers the document, which holds the checksums of the vocabularies beside it.
public struct EncoderFile: Sendable {
  /// The encoder.
  public let encoder: FittedEncoder
  /// XXH3-64 of the document; nil in files of version 3 and earlier.
  public let seal: String?
  private let text: String

  /// The file that an encoder is saved in.
  public init(_ encoder: FittedEncoder) {
    self.encoder = encoder
    text = DocumentSeal.sealed(encoder.document + "\n")
    seal = DocumentSeal.found(in: Array(text.utf8))?.seal
  }

  /// Reads a file; throws `FileFailure`, or `DataFailure.damagedEncoder`.
  public init(contentsOf path: String) throws {
    let bytes = try WholeFile.read(path, .encoder)
    do {
      let document = try JSONDecoder().decode(FieldsDocument.self, from: Data(bytes))
      seal = try document.checkedSeal(in: bytes)
      encoder = try document.encoder(in: Folder.parent(of: path))
    } catch let problem as FieldsDocument.Problem {
      var path = path
      if case .vocabulary(let file, _) = problem { path = file }
      throw DataFailure.damagedEncoder(path: path, reason: problem.sentence)
    } catch is DecodingError {
      throw DataFailure.damagedEncoder(
        path: path, reason: FieldsDocument.Problem.notTheDocument.sentence)
    }
    text = String(decoding: bytes, as: UTF8.self)
  }

  /// Writes it, after the vocabularies beside it, atomically; throws `FileFailure`.
  public func save(to path: String) throws {
    let folder = Folder.parent(of: path)
    for (index, field) in encoder.fields.enumerated() where field.embeddingOf == nil {
      let file = FieldsDocument.file(of: field.name, at: index)
      try field.encoding.vocabulary?.save(to: "\(folder)/\(file)")
    }
    try AtomicFile.write(text, to: path)
  }
}
