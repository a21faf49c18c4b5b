import Glibc

/// Folders of the file system.
public enum Folder {
  /// The part of a path before its last slash, "." where there is none.
  public static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes a folder and those above it where they are missing.
  public static func make(_ path: String) throws {
    if mkdir(path, 0o755) == 0 { return }
    if errno == EEXIST {
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw FileFailure.refused(
          path: path, operation: "make the folder", reason: "a file has this name")
      }
      return
    }
    guard errno == ENOENT else { throw FileFailure.last("make the folder", path) }
    try make(parent(of: path))
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw FileFailure.last("make the folder", path)
    }
  }

  /// The names in a folder, sorted bytewise; throws `FileFailure`.
  public static func names(in path: String) throws -> [String] {
    guard let folder = opendir(path) else { throw FileFailure.last("read", path) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafeBytes(of: entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names.filter { $0 != "." && $0 != ".." }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The bytes that may still be written into a folder's file system; nil where it does not say.
  public static func freeBytes(in path: String) -> Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }

  /// Makes a rename inside a folder durable; file systems that cannot are left alone.
  public static func sync(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
