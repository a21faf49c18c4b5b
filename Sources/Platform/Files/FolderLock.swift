import Glibc

/// A folder that this process alone may write, until it lets go or dies.
///
/// The lock is the system's (`flock` on the folder itself): it leaves no file, and the death of its holder ends it.
public final class FolderLock {
  private let path: String
  private let descriptor: Int32
  private let isNew: Bool

  /// Makes the folder where it is missing, and takes it.
  ///
  /// Throws `FileFailure` where it cannot be made, cannot be written to, or another process holds it.
  public init(_ path: String) throws {
    let isNew = access(path, F_OK) != 0
    descriptor = try Self.take(path)
    self.path = path
    self.isNew = isNew
  }

  /// A folder that was made for nothing goes again.
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
          reason: "another process is writing there; wait for it or name another folder")
      }
      try probe(path)
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// Permissions do not tell whether a folder can be written to: only writing does.
  private static func probe(_ path: String) throws {
    do {
      _ = try AtomicFile("\(path)/probe")
    } catch FileFailure.refused(_, _, let reason) {
      throw FileFailure.refused(path: path, operation: "write to the folder", reason: reason)
    }
  }
}
