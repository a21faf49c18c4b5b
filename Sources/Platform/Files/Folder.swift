import Glibc

/// Folders of the file system.
public enum Folder {
  /// The part of a path before its last slash, or "." if it has none.
  public static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Creates a folder and its missing parents.
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

  /// The free bytes of a folder's file system; nil if it does not report them.
  public static func freeBytes(in path: String) -> Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }

  /// Makes a rename inside a folder durable, on file systems that support it.
  public static func sync(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// Exclusive access to a folder for this process, until the lock is released or the process ends.
///
/// The lock is `flock` on the folder itself: it leaves no file, and ends with the process.
public final class FolderLock {
  private let path: String
  private let descriptor: Int32
  private let isNew: Bool

  /// Creates the folder if it is missing, and locks it.
  ///
  /// Throws `FileFailure` if the folder cannot be created, written to or locked.
  public init(_ path: String) throws {
    let isNew = access(path, F_OK) != 0
    descriptor = try Self.take(path)
    self.path = path
    self.isNew = isNew
  }

  /// Whether the path still is that of the locked folder: it may have been removed or renamed.
  public var isInPlace: Bool {
    var locked = stat()
    var found = stat()
    return fstat(descriptor, &locked) == 0 && stat(path, &found) == 0
      && locked.st_dev == found.st_dev && locked.st_ino == found.st_ino
  }

  /// Removes a folder that was created here and is still empty.
  deinit {
    if isNew { rmdir(path) }
    close(descriptor)
  }

  private static func take(_ path: String) throws -> Int32 {
    try Folder.make(path)
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure.last("open the folder", path) }
    do {
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        guard errno == EWOULDBLOCK else { throw FileFailure.last("lock the folder", path) }
        throw FileFailure.refused(
          path: path, operation: "write to the folder",
          reason: "another process is writing there; wait for it or choose another folder")
      }
      try probe(path)
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// Writes a file: permissions alone do not show whether a folder is writable.
  private static func probe(_ path: String) throws {
    do {
      _ = try AtomicFile("\(path)/probe")
    } catch FileFailure.refused(_, _, let reason) {
      throw FileFailure.refused(path: path, operation: "write to the folder", reason: reason)
    }
  }
}
