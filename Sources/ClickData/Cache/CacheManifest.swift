import Foundation
import Glibc
import Platform

/// The document beside the encoded rows of a split: their origin, and how they are verified.
struct CacheManifest: Codable, Equatable {
  /// Incremented whenever the meaning of a record, an encoding or this document changes.
  static let currentVersion = 1

  private(set) var version = CacheManifest.currentVersion
  var recipe: [String]
  var files: [FileContent]
  var rows: Int
  var badRows: Int
  var firstBadRows: [String]
  /// Nil in documents of programs that did not count them.
  var findings: RowFindings?
  /// XXH3-64 of the hashes of all blocks of the rows.
  var checksum: String
  /// XXH3-64 of this document with an empty seal.
  private var seal = ""

  init(
    recipe: CacheRecipe, files: [FileContent], rows: Int, badRows: BadRows,
    findings: RowFindings, checksum: String, at now: Int
  ) {
    self.recipe = recipe.lines
    self.files = files.map { file in
      var file = file
      if file.stamp?.isSettled(at: now) == false { file.stamp = nil }
      return file
    }
    self.rows = rows
    self.badRows = badRows.count
    firstBadRows = badRows.messages
    self.findings = findings
    self.checksum = checksum
  }

  /// Reads a manifest; nil where there is none, `CacheProblem` where it is damaged.
  init?(contentsOf path: String) throws(CacheProblem) {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path, .manifest)
    } catch FileFailure.missing {
      return nil
    } catch {
      throw .refused("\(error)")
    }
    self = try Self(unsealed: bytes)
    guard sealed().seal == seal else { throw .damaged("its manifest is not what was written") }
  }

  /// Parses a document without verifying its seal.
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

  func write(to path: String) throws { try AtomicFile.write(sealed().text + "\n", to: path) }

  /// Throws `changed` where a file no longer has the bytes from which the rows were made.
  ///
  /// A file with an unchanged stamp is not read again. Returns the manifest with new stamps.
  func checked(_ paths: [String], at now: Int) throws(CacheProblem) -> CacheManifest {
    var manifest = self
    for (index, (path, file)) in zip(paths, files).enumerated() {
      // Taken before the bytes are read, so that a change in between is detected the next time.
      guard let stamp = FileStamp(path: path) else { throw .changed(path: path) }
      if stamp == file.stamp { continue }
      manifest.files[index].stamp = stamp.isSettled(at: now) ? stamp : nil
      do {
        guard try ContentHash.ofFile(path) == file.hash else {
          throw CacheProblem.changed(path: path)
        }
      } catch {
        throw CacheProblem(error)
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
    // Encoding texts and integers cannot fail.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

/// What the encoded rows of a split depend on, beside the content of the files.
///
/// Rows of another recipe are in another file. The manifest holds the recipe as text, so that
/// recipes with equal hashes are distinguished, and so that a person can see what a cache contains.
struct CacheRecipe: Equatable {
  /// The split's name in messages.
  let split: String
  /// The files, from the root, links resolved.
  let files: [String]
  /// Everything, one item per line.
  let lines: [String]

  init(
    split: Split, paths: [String], format: TextFormat, rows: String, encoder: FittedEncoder
  ) {
    self.split = "\(split)"
    files = paths.map(Self.resolved)
    // A row's place in a source depends on its file's name, which may be that of a link.
    lines =
      [
        format.description,
        "encoder \(encoder.fingerprint)",
        "rows \(rows)",
      ] + zip(paths, files).map { "file \(InputPaths.lastComponent($0)) at \($1)" }
  }

  /// The name of its files, without an extension.
  var name: String {
    let text = lines.joined(separator: "\n")
    let hash = Array(text.utf8).withUnsafeBytes { ContentHash.of($0) }
    return "\(split)-\(ContentHash.text(hash))"
  }

  private static func resolved(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }
}
