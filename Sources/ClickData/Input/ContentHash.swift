import CXXHash
import Glibc
import Platform

/// XXH3-64 of bytes that arrive in chunks.
final class ContentHash {
  private var state: UnsafeMutableRawPointer?

  init() {
    state = sfg_xxh3_64_start()
    precondition(state != nil, "ContentHash: no memory for 576 bytes")
  }

  deinit {
    if let state { _ = sfg_xxh3_64_end(state) }
  }

  func add(_ bytes: UnsafeRawBufferPointer) {
    guard let state else { return }
    sfg_xxh3_64_add(state, bytes.baseAddress, bytes.count)
  }

  /// The hash of all bytes, as 16 hexadecimal digits; called once, after the last of them.
  func finish() -> String {
    defer { state = nil }
    guard let state else { preconditionFailure("ContentHash: finished before") }
    return Self.text(sfg_xxh3_64_end(state))
  }

  /// The hash of bytes that are in memory.
  static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    sfg_xxh3_64(bytes.baseAddress, bytes.count, 0)
  }

  /// The hash of all bytes of a file; throws `FileFailure`.
  static func ofFile(_ path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure.last("read", path) }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    let hash = ContentHash()
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure.last("read", path) }
      guard count > 0 else { return hash.finish() }
      hash.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  static func text(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
