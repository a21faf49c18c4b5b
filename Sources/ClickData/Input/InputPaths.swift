import Glibc
import Platform

/// Expands the paths and globs of a configuration to files.
enum InputPaths {
  static let standardInput = "-"

  /// The files that patterns match: sorted bytewise, each under one of its names, all readable.
  ///
  /// A pattern that is the path of an existing file is that file, even with characters of a glob. A
  /// folder is expanded to the files in it and in its folders. What a folder or glob contributes is
  /// without hidden files, checksums and markers (`.…`, `_…`, `….crc`), and without files that have
  /// no text, which `skipped` gets.
  static func expand(_ patterns: [String], skipped: inout [String]) throws -> [String] {
    var seen: Set<FileStamp.Identity> = []
    return try names(patterns, skipped: &skipped).filter { path in
      FileStamp(path: path).map { seen.insert($0.identity).inserted } ?? true
    }
  }

  /// The same, but with each name of a file that has several.
  static func names(_ patterns: [String], skipped: inout [String]) throws -> [String] {
    var given: Set<String> = []
    var found: Set<String> = []
    for pattern in patterns {
      if pattern == standardInput {
        given.insert(pattern)
      } else if isGlob(pattern) && access(pattern, F_OK) != 0 {
        for path in try matches(pattern) { found.formUnion(try DataFolder.files(at: path)) }
      } else if try isFolder(pattern) {
        let files = try DataFolder.files(at: pattern)
        guard !files.isEmpty else { throw DataFailure.emptyFolder(path: pattern) }
        found.formUnion(files)
      } else {
        given.insert(pattern)
      }
    }
    let empty = found.subtracting(given).filter(DataFolder.hasNoText)
    let files = sorted(given.union(found).subtracting(empty))
    if files.isEmpty, let path = sorted(empty).first { throw DataFailure.emptyFile(path: path) }
    skipped += sorted(empty)
    return files
  }

  private static func sorted(_ paths: Set<String>) -> [String] {
    paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether a path can be read only once: standard input, a FIFO, a socket.
  static func isPipe(_ path: String) -> Bool {
    var status = stat()
    guard path != standardInput else { return true }
    guard stat(path, &status) == 0 else { return false }
    return [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  /// The path under which standard input can be opened again and again; nil where it is no file.
  ///
  /// A file from which another program has read already goes on from there, once.
  static var reopenedInput: String? {
    guard FileStamp(path: standardInputFile) != nil, access(standardInputFile, R_OK) == 0,
      lseek(StandardStream.input.rawValue, 0, SEEK_CUR) == 0
    else { return nil }
    return standardInputFile
  }

  private static let standardInputFile = "/proc/self/fd/0"

  /// The size of all files as stored; nil where one is a pipe, which has none.
  static func totalBytes(_ paths: [String]) -> Int? {
    var total = 0
    for path in paths {
      guard let stamp = FileStamp(path: path) else { return nil }
      total += stamp.bytes
    }
    return total
  }

  /// The part of a path after its last slash.
  static func lastComponent(_ path: String) -> Substring {
    path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
  }

  static func displayName(_ path: String) -> String {
    path == standardInput || path == standardInputFile ? StandardStream.input.name : path
  }

  private static func isGlob(_ pattern: String) -> Bool { pattern.contains { "*?[".contains($0) } }

  /// The files and folders that a glob matches, without those that no data set consists of.
  private static func matches(_ pattern: String) throws -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else {
      throw DataFailure.noMatch(pattern: pattern, folder: start(of: pattern))
    }
    let paths = (0..<Int(found.gl_pathc)).compactMap { index in
      found.gl_pathv[index].map { String(cString: $0) }
    }
    let data = paths.filter { DataFolder.isData(lastComponent($0)) }
    // A glob that only matches such files was written for them.
    return data.isEmpty ? paths : data
  }

  /// Whether a path is that of a folder; throws where it cannot be read.
  static func isFolder(_ path: String) throws -> Bool {
    var status = stat()
    if stat(path, &status) != 0, errno == ENOENT {
      throw DataFailure.noFile(path: path, folder: start(of: path))
    }
    guard stat(path, &status) == 0, access(path, R_OK) == 0 else {
      throw FileFailure.last("read", path)
    }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  /// The folder where a relative path starts; nil for others.
  private static func start(of path: String) -> String? {
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return nil }
    defer { free(folder) }
    return String(cString: folder)
  }

  /// The keys and values that the folders of a path specify, as in `dt=2026-11-01/part-0.csv`.
  static func partitions(of path: String) -> [(key: String, value: String)] {
    path.split(separator: "/").dropLast().compactMap { folder in
      guard let equals = folder.firstIndex(of: "="), equals > folder.startIndex else { return nil }
      return (String(folder[..<equals]), String(folder[folder.index(after: equals)...]))
    }
  }
}
