import Glibc
import Platform

/// Paths and globs of a configuration as the files they stand for.
enum InputPaths {
  /// The path that stands for standard input.
  static let standardInput = "-"

  /// The files that patterns stand for: sorted bytewise, each once, all known to be readable.
  ///
  /// A pattern that names an existing file is that file, whatever characters it holds.
  static func expand(_ patterns: [String]) throws -> [String] {
    let paths = try patterns.flatMap { pattern in
      isGlob(pattern) && access(pattern, F_OK) != 0 ? try matches(pattern) : [pattern]
    }
    for path in paths where path != standardInput { try check(path) }
    return Set(paths).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
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

  private static func check(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileFailure.last("read", path) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw FileFailure.isDirectory(path: path) }
    guard access(path, R_OK) == 0 else { throw FileFailure.last("read", path) }
  }
}
