import Foundation
import Platform

/// What stands beside the encoded rows of a split: what they were made from, and by what they are checked.
struct CacheManifest: Codable, Equatable {
  /// Raised whenever a record, an encoding or this document changes its meaning.
  static let currentVersion = 1

  private(set) var version = CacheManifest.currentVersion
  var recipe: [String]
  var files: [FileContent]
  var rows: Int
  var badRows: Int
  var firstBadRows: [String]
  /// XXH3-64 of the hashes of all blocks of the rows.
  var checksum: String
  /// XXH3-64 of this document with an empty seal.
  private var seal = ""

  init(
    recipe: CacheRecipe, files: [FileContent], rows: Int, badRows: (count: Int, messages: [String]),
    checksum: String
  ) {
    self.recipe = recipe.lines
    self.files = files.map { file in
      var file = file
      if file.stamp?.isSettled == false { file.stamp = nil }
      return file
    }
    self.rows = rows
    self.badRows = badRows.count
    firstBadRows = badRows.messages
    self.checksum = checksum
  }

  /// Reads a manifest; nil where there is none, `CacheProblem` where it is not as it was written.
  init?(contentsOf path: String) throws(CacheProblem) {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path)
    } catch FileFailure.missing {
      return nil
    } catch {
      throw .refused("\(error)")
    }
    self = try Self(unsealed: bytes)
    guard sealed().seal == seal else { throw .damaged("its manifest is not what was written") }
  }

  /// What a document says, whoever wrote it.
  init(unsealed bytes: [UInt8]) throws(CacheProblem) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let version = try? decoder.decode(Version.self, from: Data(bytes)).version else {
      throw .damaged("its manifest is not what was written")
    }
    guard version == Self.currentVersion else { throw .version(version) }
    guard let manifest = try? decoder.decode(Self.self, from: Data(bytes)) else {
      throw .damaged("its manifest is not what was written")
    }
    self = manifest
  }

  /// Writes it, atomically.
  func write(to path: String) throws {
    try AtomicFile.write(sealed().text + "\n", to: path)
  }

  /// The rows of other files, or of files with other bytes, are others: throws `changed`.
  ///
  /// A file whose stamp is the one it had is not read again. Returns the manifest with the stamps of those that were.
  func checked(_ paths: [String]) throws(CacheProblem) -> CacheManifest {
    var manifest = self
    for (index, (path, file)) in zip(paths, files).enumerated() {
      // Taken before the bytes are read, so that a change meanwhile is seen the next time.
      guard let stamp = FileStamp(path: path) else { throw .changed(path: path) }
      if stamp == file.stamp { continue }
      manifest.files[index].stamp = stamp.isSettled ? stamp : nil
      do {
        guard try ContentHash.ofFile(path) == file.hash else {
          throw CacheProblem.changed(path: path)
        }
      } catch let problem as CacheProblem {
        throw problem
      } catch {
        throw .refused("\(error)")
      }
    }
    return manifest
  }

  private struct Version: Decodable { var version: Int }

  private func sealed() -> CacheManifest {
    var manifest = self
    manifest.seal = ""
    let hash = Array(manifest.text.utf8).withUnsafeBytes { ContentHash.of($0) }
    manifest.seal = ContentHash.text(hash)
    return manifest
  }

  private var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // Texts and integers alone cannot fail to be encoded.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
