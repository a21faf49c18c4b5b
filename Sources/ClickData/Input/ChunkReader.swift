import Platform

/// Reads and inflates files one after another on a thread of its own, and hands on chunks of whole lines.
final class ChunkReader {
  /// Chunks in flight: one is filled, one is parsed, two wait.
  private static let chunks = 4

  private let paths: [String]
  private let free = BoundedQueue<TextChunk>(capacity: ChunkReader.chunks)
  private let filled = BoundedQueue<TextChunk>(capacity: ChunkReader.chunks)
  private let monitor = Monitor()
  // Guarded by `monitor`.
  private var cancelled = false
  private var compressedBytes = 0
  private var busySeconds = 0.0
  // Of the reading thread: the beginning of a line whose end is not read yet.
  private var carried: [UInt8] = []
  // Of the parsing thread.
  private var current: TextChunk?

  init(paths: [String]) {
    self.paths = paths
    for _ in 0..<Self.chunks { free.push(TextChunk()) }
  }

  /// Starts the thread; it ends by itself after the last chunk, a failure or `cancel`.
  func start() -> BackgroundThread { BackgroundThread { self.run() } }

  /// The next chunk, valid until the following call; nil after the last one or once cancelled.
  func next() -> TextChunk? {
    if let current { free.push(current) }
    current = filled.pop()
    return current
  }

  /// Ends the thread and whoever waits for it.
  func cancel() {
    monitor.locked { cancelled = true }
    free.cancel()
    filled.cancel()
  }

  /// Compressed bytes used, and seconds spent on reading and inflating.
  var progress: (bytes: Int, seconds: Double) {
    monitor.locked { (compressedBytes, busySeconds) }
  }

  private var isCancelled: Bool { monitor.locked { cancelled } }

  private func run() {
    for file in paths.indices {
      guard read(file) else { break }
    }
    filled.finish()
  }

  /// Hands on all of one file; false where nothing may follow it.
  private func read(_ file: Int) -> Bool {
    carried.removeAll(keepingCapacity: true)
    var source: ByteSource?
    var used = 0
    var starts = true
    while let chunk = free.pop() {
      let watch = Stopwatch()
      chunk.file = file
      chunk.startsFile = starts
      chunk.endsFile = false
      chunk.failure = nil
      chunk.count = 0
      starts = false
      do throws(ReadFailure) {
        let opened: ByteSource
        if let source {
          opened = source
        } else {
          opened = try ByteSource(path: paths[file]) { [unowned self] in isCancelled }
          source = opened
        }
        try fill(chunk, from: opened)
      } catch {
        chunk.failure = error
      }
      let offset = source?.offset ?? 0
      monitor.locked {
        compressedBytes += offset - used
        busySeconds += watch.seconds
      }
      used = offset
      let goesOn = chunk.failure == nil
      let ends = chunk.endsFile
      guard filled.push(chunk), goesOn else { return false }
      if ends { return true }
    }
    return false
  }

  /// Fills a chunk with whole lines and carries the rest over to the next one.
  private func fill(_ chunk: TextChunk, from source: ByteSource) throws(ReadFailure) {
    var filled = carried.count
    while filled > chunk.capacity, chunk.grow(keeping: 0) {}
    carried.withUnsafeBufferPointer { lines in
      if let first = lines.baseAddress { chunk.bytes.update(from: first, count: lines.count) }
    }
    // What was carried over holds no line end: only new bytes are searched.
    while true {
      do throws(ReadFailure) {
        while filled < chunk.capacity {
          let count = try source.read(
            into: .init(start: chunk.bytes + filled, count: chunk.capacity - filled))
          if count == 0 {
            chunk.endsFile = true
            chunk.count = filled
            return
          }
          filled += count
        }
      } catch {
        chunk.count = wholeLines(chunk, filled)
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

  /// Bytes up to and with the last line end.
  private func wholeLines(_ chunk: TextChunk, _ count: Int) -> Int {
    var end = count
    while end > 0, chunk.bytes[end - 1] != 0x0a { end -= 1 }
    return end
  }
}
