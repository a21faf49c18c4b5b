import Glibc
import Platform

/// A file without a name that holds counts which do not fit into memory; the system removes it with the last user.
final class CountSpill {
  /// Consecutive bytes of the file.
  struct Segment {
    let offset: Int
    let count: Int
  }

  private let folder: String
  private let descriptor: Int32
  private var size = 0

  /// Where such files are made: `TMPDIR`, or else `/var/tmp`, which, unlike `/tmp`, is never memory.
  static var defaultFolder: String {
    getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
  }

  /// Makes the file in a folder.
  init(in folder: String) throws {
    self.folder = folder
    var template = Array("\(folder)/sfg-counts-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw FileFailure.last("write counts", folder) }
    unlink(template)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends bytes.
  func append(_ bytes: UnsafeRawBufferPointer) throws -> Segment {
    var done = 0
    while done < bytes.count {
      let written = pwrite(
        descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(size + done))
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw FileFailure.last("write counts", folder) }
      done += written
    }
    defer { size += bytes.count }
    return Segment(offset: size, count: bytes.count)
  }

  /// Gives the bytes of a segment.
  func read(_ segment: Segment, _ body: (UnsafeRawBufferPointer) -> Void) throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: segment.count, alignment: 8)
    defer { memory.deallocate() }
    var done = 0
    while done < segment.count {
      let count = pread(
        descriptor, memory.baseAddress.map { $0 + done }, segment.count - done,
        off_t(segment.offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileFailure.last("read counts", folder) }
      done += count
    }
    body(UnsafeRawBufferPointer(memory))
  }
}
