import Glibc

/// A file in memory whose bytes are replaced for each input, for readers that take a path.
final class ScratchFile: @unchecked Sendable {
  static let shared = ScratchFile()

  private let path: String
  private let descriptor: Int32

  private init() {
    path = "/dev/shm/sfg-fuzz-\(getpid())"
    descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    precondition(descriptor >= 0, "ScratchFile: cannot write to \(path)")
    // Without a name the file is removed when the process ends; the path through /proc remains
    // valid.
    unlink(path)
  }

  /// The path of the file once it holds these bytes.
  func holding(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    precondition(
      ftruncate(descriptor, 0) == 0
        && pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count,
      "ScratchFile: cannot write \(bytes.count) bytes")
    return "/proc/self/fd/\(descriptor)"
  }
}
