import Glibc

/// Walks over the lines of a chunk: LF or CRLF, and a last line that has neither.
struct LineCursor {
  private var next: UnsafeMutablePointer<UInt8>
  private let end: UnsafeMutablePointer<UInt8>

  /// Starts at a chunk's beginning; a byte order mark at the beginning of a file is passed over.
  ///
  /// Throws `DataFailure.sixteenBitText` where the mark is that of UTF-16, which is not read; the file is called `path`.
  init(_ chunk: TextChunk, of path: String) throws {
    next = chunk.bytes
    end = chunk.bytes + chunk.count
    guard chunk.startsFile, chunk.count >= 2 else { return }
    switch (next[0], next[1]) {
    case (0xff, 0xfe), (0xfe, 0xff): throw DataFailure.sixteenBitText(path: path)
    case (0xef, 0xbb) where chunk.count >= 3 && next[2] == 0xbf: next += 3
    default: break
    }
  }

  /// The next line without its end; nil after the last one.
  @inline(__always)
  mutating func line() -> UnsafeMutableBufferPointer<UInt8>? {
    guard next < end else { return nil }
    let start = next
    var count = end - start
    if let found = memchr(start, 0x0a, count) {
      count = found - UnsafeMutableRawPointer(start)
      next = start + count + 1
    } else {
      next = end
    }
    if count > 0, start[count - 1] == 0x0d { count -= 1 }
    return UnsafeMutableBufferPointer(start: start, count: count)
  }
}
