/// About a megabyte of one file's text that ends with the end of a line, used again and again.
///
/// `margin` bytes beyond `capacity` may be read, so that loops can look at whole words, and the byte after
/// a text may be overwritten while a number is read.
final class TextChunk {
  /// The longest line that is read: 16 MiB.
  static let longestLine = 1 << 24
  static let initialCapacity = 1 << 20
  static let margin = 64

  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int
  /// Bytes of whole lines.
  var count = 0
  /// Which file of the pass it belongs to.
  var file = 0
  /// Whether it holds the beginning, and the end, of that file.
  var startsFile = false
  var endsFile = false
  /// Why nothing follows it, where that is not the end.
  var failure: ReadFailure?

  init(capacity: Int = TextChunk.initialCapacity) {
    self.capacity = capacity
    bytes = .allocate(capacity: capacity + Self.margin)
    bytes.initialize(repeating: 0, count: capacity + Self.margin)
  }

  deinit { bytes.deallocate() }

  /// Empties it for text of a file.
  func begin(_ file: Int, startsFile: Bool) {
    self.file = file
    self.startsFile = startsFile
    endsFile = false
    failure = nil
    count = 0
  }

  /// Doubles the room and keeps the first `kept` bytes; false once the longest line fits already.
  func grow(keeping kept: Int) -> Bool {
    guard capacity < Self.longestLine else { return false }
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity + Self.margin)
    larger.initialize(repeating: 0, count: 2 * capacity + Self.margin)
    larger.update(from: bytes, count: kept)
    bytes.deallocate()
    bytes = larger
    capacity *= 2
    return true
  }
}
