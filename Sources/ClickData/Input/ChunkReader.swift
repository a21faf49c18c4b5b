import Glibc
import Platform

/// Reads and inflates files concurrently on background threads; delivers chunks of whole lines.
///
/// Chunks are delivered in the order of the files for any number of threads. A file that is not a
/// regular one, such as a pipe, is opened when all files before it are read.
final class ChunkReader {
  private let paths: [String]
  private let readers: Int
  private let hashesContents: Bool
  private let shelf: ChunkShelf
  private let monitor = Monitor()
  // Guarded by `monitor`.
  private var nextFile = 0
  private var compressedBytes = 0
  private var busySeconds = 0.0
  private var finished: [Int: FileContent] = [:]
  // Of the parsing thread.
  private var current: TextChunk?

  /// Prepares to read files with at most `readers` threads, one per core by default.
  init(
    paths: [String], hashingContents: Bool = false,
    readers: Int = ChunkReader.cores
  ) {
    self.paths = paths
    hashesContents = hashingContents
    self.readers = max(1, min(readers, paths.count))
    shelf = ChunkShelf(files: paths.count, limit: Self.maxChunks(readers: self.readers))
  }

  /// The maximum bytes of text of a pass over so many files, without lines longer than a chunk.
  static func maxBytes(files: Int) -> Int {
    maxChunks(readers: min(cores, files)) * TextChunk.initialCapacity
  }

  /// Enough for a reader to share its core, and for several files to be read ahead.
  private static func maxChunks(readers: Int) -> Int { readers <= 1 ? 8 : 48 }

  static let cores = Machine.processors

  /// Starts to read; the thread ends after the last chunk, a failure or `cancel`.
  ///
  /// One thread is enough, if the system refuses others.
  func start() throws -> BackgroundThread {
    try BackgroundThread { [self] in
      let others = (1..<readers).compactMap { _ in try? BackgroundThread { self.run() } }
      run()
      for other in others { other.join() }
    }
  }

  /// The next chunk, valid until the following call; nil after the last one or once cancelled.
  func next() -> TextChunk? {
    current = shelf.next(giving: current)
    return current
  }

  /// Ends the threads and wakes the consumer.
  func cancel() { shelf.cancel() }

  /// Compressed bytes used, and seconds spent on reading and inflating.
  var progress: (bytes: Int, seconds: Double) { monitor.locked { (compressedBytes, busySeconds) } }

  /// Whether `next` has reached the end of the last file.
  var isExhausted: Bool { shelf.isExhausted }

  /// The contents of all files, once they are read; nil unless all are hashed and regular.
  var contents: [FileContent]? {
    monitor.locked {
      finished.count == paths.count ? paths.indices.compactMap { finished[$0] } : nil
    }
  }

  private func run() { while let file = claim(), read(file) {} }

  private func claim() -> Int? {
    monitor.locked {
      guard nextFile < paths.count else { return nil }
      nextFile += 1
      return nextFile - 1
    }
  }

  /// Delivers all chunks of one file; false where no file may follow it.
  private func read(_ file: Int) -> Bool {
    let isRegular = FileStamp(path: paths[file]) != nil
    guard isRegular || shelf.waitForTurn(of: file) else { return false }
    var opened: ChunkedFile?
    var used = 0
    while let chunk = shelf.blank(for: file) {
      let watch = Stopwatch()
      chunk.begin(file, startsFile: opened == nil)
      do throws(ReadFailure) {
        let source: ChunkedFile
        if let opened {
          source = opened
        } else {
          source = try ChunkedFile(
            path: paths[file], contentHash: hashesContents ? ContentHash() : nil
          ) { [shelf] in shelf.isCancelled }
          opened = source
        }
        try source.fill(chunk)
      } catch {
        chunk.failure = error
      }
      let offset = opened?.offset ?? 0
      let content = chunk.endsFile ? opened?.finish() : nil
      monitor.locked {
        if let content { finished[file] = content }
        compressedBytes += offset - used
        busySeconds += watch.seconds
      }
      chunk.storedBytes = offset - used
      used = offset
      let isGood = chunk.failure == nil
      let ends = chunk.endsFile
      guard shelf.put(chunk), isGood else { return false }
      if ends { return true }
    }
    return false
  }
}
