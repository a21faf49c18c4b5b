import Glibc
import Platform

/// A file of encoded rows that is open: parts of it are read into memory of the caller's.
///
/// It is not mapped, for pages that are cut from under a mapping end the process; a read tells.
final class RowFile {
  private let path: String
  private let descriptor: Int32
  private let stamp: FileStamp

  /// Opens a file; throws `FileFailure`.
  init(_ path: String) throws(FileFailure) {
    self.path = path
    // What is no file could otherwise wait here for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .last("read", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, let stamp = FileStamp(status) else {
      close(descriptor)
      throw .refused(path: path, operation: "read", reason: "it is no regular file")
    }
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    self.descriptor = descriptor
    self.stamp = stamp
  }

  deinit { close(descriptor) }

  /// All bytes that it had when it was opened.
  var bytes: Int { stamp.bytes }

  /// Whether nothing was written since it was opened.
  var isUnwritten: Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0, let now = FileStamp(status) else { return false }
    return now.isUnwritten(since: stamp)
  }

  /// Fills `buffer` with the bytes from `offset` on; false where the file ends before that.
  func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileFailure) -> Bool {
    var done = 0
    while done < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, offset + done)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .last("read", path) }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}
