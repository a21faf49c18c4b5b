import Glibc

/// Opens files that must be regular ones: no folder, pipe, socket or device.
public enum RegularFile {
  /// Opens a file for reading, without waiting for the writer of a pipe.
  ///
  /// Returns a descriptor that the caller closes, and the file's status. Throws `FileFailure`.
  public static func open(_ path: String) throws(FileFailure) -> (descriptor: Int32, status: stat) {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .last("read", path) }
    var status = stat()
    let failure: FileFailure? =
      fstat(descriptor, &status) == 0
      ? refusal(of: status, path) : FileFailure.last("read", path)
    guard let failure else { return (descriptor, status) }
    close(descriptor)
    throw failure
  }

  /// Why a file of this status is not read; nil for a regular file.
  private static func refusal(of status: stat, _ path: String) -> FileFailure? {
    let found: String
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFDIR: return .isDirectory(path: path)
    case S_IFIFO: found = "a pipe"
    case S_IFSOCK: found = "a socket"
    default: found = "a device"
    }
    return .refused(
      path: path, operation: "read", reason: "found \(found), expected a regular file")
  }
}
