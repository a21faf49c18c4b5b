import Glibc
import Platform

/// Paths and globs of a configuration as the files they stand for.
enum InputPaths {
  /// The path that stands for standard input.
  static let standardInput = "-"

  /// The files that patterns stand for: sorted bytewise, each once whatever leads to it, all known to be readable.
  ///
  /// A pattern that names an existing file is that file, whatever characters it holds. A folder stands for the files
  /// in it, those aside whose names begin with a dot or an underscore.
  static func expand(_ patterns: [String]) throws -> [String] {
    var seen: Set<FileStamp.Identity> = []
    return try names(patterns).filter { path in
      FileStamp(path: path).map { seen.insert($0.identity).inserted } ?? true
    }
  }

  /// The same, with a file that has several names under each of them.
  static func names(_ patterns: [String]) throws -> [String] {
    let paths = try patterns.flatMap { pattern in
      isGlob(pattern) && access(pattern, F_OK) != 0 ? try matches(pattern) : [pattern]
    }
    let files = try paths.flatMap { $0 == standardInput ? [$0] : try contents($0) }
    return Set(files).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether a path leads to what can be read only once: standard input, a FIFO, a socket.
  static func isPipe(_ path: String) -> Bool {
    var status = stat()
    guard path != standardInput else { return true }
    guard stat(path, &status) == 0 else { return false }
    return [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  /// The compressed size of all files; nil where one has none, as a pipe.
  static func totalBytes(_ paths: [String]) -> Int? {
    var total = 0
    for path in paths {
      var status = stat()
      guard path != standardInput, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG
      else { return nil }
      total += Int(status.st_size)
    }
    return total
  }

  /// Whether a path leads to a regular file, which can be read at any time.
  static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return path != standardInput && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// The part of a path after its last slash.
  static func lastComponent(_ path: String) -> Substring {
    path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
  }

  /// What sentences call a file.
  static func displayName(_ path: String) -> String {
    path == standardInput ? "standard input" : path
  }

  private static func isGlob(_ pattern: String) -> Bool {
    pattern.contains { "*?[".contains($0) }
  }

  private static func matches(_ pattern: String) throws -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else { throw DataFailure.noMatch(pattern: pattern) }
    return (0..<Int(found.gl_pathc)).compactMap { index in
      found.gl_pathv[index].map { String(cString: $0) }
    }
  }

  /// The file at a path, or the files of data in the folder there.
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

  /// Whether a path leads to a folder; throws where it leads to nothing that can be read.
  private static func isFolder(_ path: String) throws -> Bool {
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK) == 0 else {
      throw FileFailure.last("read", path)
    }
    return status.st_mode & S_IFMT == S_IFDIR
  }
}
