import Glibc

/// An unnamed file of what does not fit in memory; the system removes it when it is closed.
public final class SpillFile {
  /// Bytes that were appended at once.
  public struct Segment: Sendable {
    /// The first byte.
    public let offset: Int
    /// The number of bytes.
    public let count: Int

    /// Describes bytes.
    public init(offset: Int, count: Int) {
      self.offset = offset
      self.count = count
    }
  }

  private let folder: String
  private let content: String
  private let descriptor: Int32
  /// The bytes appended so far.
  public private(set) var size = 0

  /// `TMPDIR`, or else `/var/tmp`, which, unlike `/tmp`, is never in memory.
  public static var defaultFolder: String {
    getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
  }

  /// Creates a file; messages call it by its `content`.
  public init(in folder: String, holding content: String) throws {
    self.folder = folder
    self.content = content
    var template = Array("\(folder)/sfg-spill-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw FileFailure.last("write \(content)", folder) }
    unlink(template)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends bytes.
  public func append(_ bytes: UnsafeRawBufferPointer) throws -> Segment {
    var done = 0
    while done < bytes.count {
      let written = pwrite(
        descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(size + done))
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw FileFailure.last("write \(content)", folder) }
      done += written
    }
    defer { size += bytes.count }
    return Segment(offset: size, count: bytes.count)
  }

  /// Calls `body` with the bytes of a segment.
  public func read(_ segment: Segment, _ body: (UnsafeRawBufferPointer) -> Void) throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: segment.count, alignment: 8)
    defer { memory.deallocate() }
    var done = 0
    while done < segment.count {
      let count = pread(
        descriptor, memory.baseAddress.map { $0 + done }, segment.count - done,
        off_t(segment.offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileFailure.last("read \(content)", folder) }
      done += count
    }
    body(UnsafeRawBufferPointer(memory))
  }
}
