/// One file divided into chunks of whole lines.
final class ChunkedFile {
  private let path: String
  private let source: ByteSource
  private let contentHash: ContentHash?
  private var isRecognised = false
  /// The start of a line whose end is not read yet.
  private var carried: [UInt8] = []

  /// Opens a file; `isCancelled` is polled while a pipe has no bytes.
  init(
    path: String, contentHash: ContentHash?, isCancelled: @escaping () -> Bool
  ) throws(ReadFailure) {
    self.path = path
    self.contentHash = contentHash
    source = try ByteSource(path: path, contentHash: contentHash, isCancelled: isCancelled)
  }

  var offset: Int { source.offset }

  /// The content, after the last byte; nil where it is not hashed or the file is not regular.
  func finish() -> FileContent? {
    guard let stamp = source.stamp, let contentHash else { return nil }
    return FileContent(path: path, stamp: stamp, hash: contentHash.finish())
  }

  /// Fills a chunk with whole lines and carries the rest over to the next one.
  ///
  /// After a failure the chunk holds the whole lines that precede it.
  func fill(_ chunk: TextChunk) throws(ReadFailure) {
    var filled = carried.count
    while filled > chunk.capacity, chunk.grow(keeping: 0) {}
    carried.withUnsafeBufferPointer { lines in
      if let first = lines.baseAddress { chunk.bytes.update(from: first, count: lines.count) }
    }
    // The bytes carried over contain no line end: only new bytes are searched.
    while true {
      do throws(ReadFailure) {
        while filled < chunk.capacity {
          let count = try source.read(
            into: .init(start: chunk.bytes + filled, count: chunk.capacity - filled))
          if count == 0 {
            try recognise(chunk, filled, isWhole: true)
            chunk.endsFile = true
            chunk.count = filled
            return
          }
          filled += count
          try recognise(chunk, filled)
        }
      } catch {
        chunk.count = error.followsText ? wholeLines(chunk, filled) : 0
        throw error
      }
      let whole = wholeLines(chunk, filled)
      if whole > 0 {
        chunk.count = whole
        carried.removeAll(keepingCapacity: true)
        carried.append(
          contentsOf: UnsafeBufferPointer(start: chunk.bytes + whole, count: filled - whole))
        return
      }
      guard chunk.grow(keeping: filled) else { throw .lineTooLong }
    }
  }

  /// Throws where the content starts as another format than text does.
  private func recognise(
    _ chunk: TextChunk, _ filled: Int, isWhole: Bool = false
  ) throws(ReadFailure) {
    guard !isRecognised, isWhole || filled >= ForeignFormat.signatureLength else { return }
    isRecognised = true
    let start = UnsafeBufferPointer(start: chunk.bytes, count: filled)
    if source.isCompressed, let compression = Compression(detecting: start) {
      throw .compressedTwice(compression)
    }
    if let format = ForeignFormat(detecting: start) { throw .foreign(format) }
  }

  /// The number of bytes up to the last line end, inclusive.
  private func wholeLines(_ chunk: TextChunk, _ count: Int) -> Int {
    var end = count
    while end > 0, chunk.bytes[end - 1] != 0x0a { end -= 1 }
    return end
  }
}
