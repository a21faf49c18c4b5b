import Glibc
import Platform

/// Where generated text goes: a file that appears whole or not at all, or standard output for "-".
struct SyntheticOutput {
  /// Whether the bytes are compressed, told from the name.
  let compressed: Bool
  private let file: AtomicFile?

  /// Opens a path for writing.
  init(_ path: String) throws {
    compressed = path.hasSuffix(".gz")
    file = path == "-" ? nil : try AtomicFile(path)
  }

  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    if let file { return try file.write(bytes) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = Glibc.write(
        STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw FileFailure.last("write", "standard output") }
      rest = rest.dropFirst(written)
    }
  }

  /// Makes a file durable and visible.
  func commit() throws { try file?.commit() }
}
