import Glibc
import Platform

/// Finds the files of data in a folder that a program has written, such as Spark.
enum DataFolder {
  /// A file of so many bytes may be one without text, such as an empty text in gzip.
  private static let maxEmptyBytes = 1 << 12

  /// Whether a name is not that of a hidden file, a checksum or a marker such as `_SUCCESS`.
  static func isData(_ name: some StringProtocol) -> Bool {
    !name.hasPrefix(".") && !name.hasPrefix("_") && !name.hasSuffix(".crc")
  }

  /// The file at a path, or the files in the folder there and in its folders.
  static func files(at path: String) throws -> [String] { try files(at: path, below: []) }

  private static func files(at path: String, below parents: [String]) throws -> [String] {
    guard try InputPaths.isFolder(path) else { return [path] }
    // A link may lead back to a folder that contains it.
    guard let real = realPath(path), !parents.contains(real) else { return [] }
    let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    return try Folder.names(in: folder).filter(isData).flatMap { name in
      try files(at: folder == "/" ? "/\(name)" : "\(folder)/\(name)", below: parents + [real])
    }
  }

  private static func realPath(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }

  /// Whether a file has no text but line ends; false where it cannot be read, which a pass reports.
  static func hasNoText(_ path: String) -> Bool {
    guard let stamp = FileStamp(path: path), stamp.bytes <= maxEmptyBytes else { return false }
    guard stamp.bytes > 0 else { return true }
    guard let source = try? ByteSource(path: path, isCancelled: { false }) else { return false }
    let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: maxEmptyBytes)
    defer { text.deallocate() }
    while let count = try? source.read(into: text) {
      guard count > 0 else { return true }
      guard text[..<count].allSatisfy({ $0 == 0x0a || $0 == 0x0d }) else { return false }
    }
    return false
  }
}
