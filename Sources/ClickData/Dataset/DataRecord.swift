import Foundation
import Platform

/// The files that a run reads, and what is known of their content: enough to notice, when it
/// resumes, that one was replaced or appended to.
public struct DataRecord: Equatable, Sendable {
  struct File: Codable, Equatable {
    var path: String
    /// Taken when the run began.
    var stamp: FileStamp
    /// XXH3-64 of its bytes as stored; nil until a pass has read all of them.
    var hash: String?
  }

  private struct Document: Codable {
    var version = 1
    var files: [File]
    var seal = DocumentSeal.blank
  }

  let files: [File]

  init(_ files: [File]) { self.files = files }

  /// Reads a record; throws `FileFailure`, or `DataFailure.damagedEncoder` where it is damaged.
  public init(contentsOf path: String) throws {
    let bytes = try WholeFile.read(path, .manifest)
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)),
      DocumentSeal.found(in: bytes)?.isValid == true
    else {
      throw DataFailure.damagedEncoder(
        path: path, reason: "expected the files of a run with their seal, found other text")
    }
    files = document.files
  }

  /// Writes it, atomically.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(Document(files: files)), as: UTF8.self)
    try AtomicFile.write(DocumentSeal.sealed(text + "\n"), to: path)
  }

  /// Throws `DataFailure.otherData` where other files are read now, or others of the same names.
  ///
  /// A file whose stamp has changed is read again and its hash compared.
  func check(against current: DataRecord) throws {
    func failure(_ path: String, _ finding: String) -> DataFailure {
      .otherData(path: path, finding: finding)
    }
    let known = Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
    for file in current.files {
      guard let before = known[file.path] else {
        throw failure(file.path, "was not among the data when the run began")
      }
      guard before.stamp != file.stamp else { continue }
      guard before.stamp.bytes == file.stamp.bytes else {
        throw failure(
          file.path,
          "has \(file.stamp.bytes) bytes, but had \(before.stamp.bytes) when the run began")
      }
      if let hash = before.hash {
        guard try ContentHash.ofFile(file.path) == hash else {
          throw failure(file.path, "has another content than when the run read it")
        }
      } else if !file.stamp.isUnwritten(since: before.stamp) {
        throw failure(file.path, "was written to since the run began")
      }
    }
    let paths = Set(current.files.map(\.path))
    if let missing = files.first(where: { !paths.contains($0.path) }) {
      throw failure(missing.path, "was among the data when the run began, and no longer is")
    }
  }
}

/// The hashes of the files that passes have read to their ends; several threads may add some.
final class ReadContents: @unchecked Sendable {
  private let monitor = Monitor()
  private var hashes: [String: String] = [:]

  /// Adds files that were read, in the order of their paths.
  func add(_ contents: [FileContent]?, of paths: [String]) {
    guard let contents else { return }
    monitor.locked {
      for (path, content) in zip(paths, contents) { hashes[path] = content.hash }
    }
  }

  /// Adds what an earlier process knew.
  func add(_ record: DataRecord) {
    monitor.locked {
      for file in record.files { hashes[file.path] = hashes[file.path] ?? file.hash }
    }
  }

  subscript(path: String) -> String? { monitor.locked { hashes[path] } }
}
