import Glibc
import Platform

/// Expands the paths and globs of a configuration to files.
enum InputPaths {
  static let standardInput = "-"

  /// The files that patterns match: sorted bytewise, each under one of its names, all readable.
  ///
  /// A pattern that is the path of an existing file is that file, even with characters of a glob. A
  /// folder is expanded to its files, except those whose names start with a dot or an underscore.
  static func expand(_ patterns: [String]) throws -> [String] {
    var seen: Set<FileStamp.Identity> = []
    return try names(patterns).filter { path in
      FileStamp(path: path).map { seen.insert($0.identity).inserted } ?? true
    }
  }

  /// The same, but with each name of a file that has several.
  static func names(_ patterns: [String]) throws -> [String] {
    let paths = try patterns.flatMap { pattern in
      isGlob(pattern) && access(pattern, F_OK) != 0 ? try matches(pattern) : [pattern]
    }
    let files = try paths.flatMap { $0 == standardInput ? [$0] : try contents($0) }
    return Set(files).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
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

  private static func matches(_ pattern: String) throws -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else { throw DataFailure.noMatch(pattern: pattern) }
    return (0..<Int(found.gl_pathc)).compactMap { index in
      found.gl_pathv[index].map { String(cString: $0) }
    }
  }

  /// The file at a path, or the data files of the folder there.
  private static func contents(_ path: String) throws -> [String] {
    guard try isFolder(path) else { return [path] }
    let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let files = try Folder.names(in: folder)
      .filter { !$0.hasPrefix(".") && !$0.hasPrefix("_") }
      .map { folder == "/" ? "/\($0)" : "\(folder)/\($0)" }
      .filter { try !isFolder($0) }
    guard !files.isEmpty else { throw DataFailure.emptyFolder(path: path) }
    return files
  }

  /// Whether a path is that of a folder; throws where it cannot be read.
  private static func isFolder(_ path: String) throws -> Bool {
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK) == 0 else {
      throw FileFailure.last("read", path)
    }
    return status.st_mode & S_IFMT == S_IFDIR
  }
}
