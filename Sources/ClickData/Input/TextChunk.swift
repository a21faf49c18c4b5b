import Glibc

/// About a megabyte of one file's text, ending at a line end; its memory is reused.
///
/// `margin` bytes beyond `capacity` are readable, so that loops can load whole words, and the byte
/// after a text may be overwritten while a number is read.
final class TextChunk {
  /// The longest line that is read: 16 MiB.
  static let maxLineLength = 1 << 24
  static let initialCapacity = 1 << 20
  static let margin = 64

  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int
  /// Bytes of whole lines.
  var count = 0
  /// The index of its file in the pass.
  var file = 0
  /// Whether it holds the start, and the end, of that file.
  var startsFile = false
  var endsFile = false
  /// Bytes of the file, as stored, that were read for it.
  var storedBytes = 0
  /// Why no chunk follows, if not because of the end of the file.
  var failure: ReadFailure?

  init(capacity: Int = TextChunk.initialCapacity) {
    self.capacity = capacity
    bytes = .allocate(capacity: capacity + Self.margin)
    bytes.initialize(repeating: 0, count: capacity + Self.margin)
  }

  /// The text of a whole file that is in memory already.
  convenience init(copying text: UnsafeBufferPointer<UInt8>) {
    self.init(capacity: text.count)
    if let first = text.baseAddress { bytes.update(from: first, count: text.count) }
    count = text.count
    startsFile = true
    endsFile = true
  }

  deinit { bytes.deallocate() }

  func begin(_ file: Int, startsFile: Bool) {
    self.file = file
    self.startsFile = startsFile
    endsFile = false
    failure = nil
    count = 0
  }

  /// Doubles the capacity and keeps the first `kept` bytes; false at the maximum.
  func grow(keeping kept: Int) -> Bool {
    guard capacity < Self.maxLineLength else { return false }
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity + Self.margin)
    larger.initialize(repeating: 0, count: 2 * capacity + Self.margin)
    larger.update(from: bytes, count: kept)
    bytes.deallocate()
    bytes = larger
    capacity *= 2
    return true
  }
}

/// Iterates over the lines of a chunk, which end with LF or CRLF; the last line may lack both.
struct LineCursor {
  private var next: UnsafeMutablePointer<UInt8>
  private let end: UnsafeMutablePointer<UInt8>

  /// Starts at the first line; a UTF-8 byte order mark at the start of a file is skipped.
  ///
  /// Throws `DataFailure.sixteenBitText` for the mark of UTF-16; `path` is the file's name.
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

  /// The next line without its line end; nil after the last one.
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
