import Glibc
import Platform

/// Reads and inflates files on threads of its own, several files at once, and hands on chunks of whole lines.
///
/// Chunks come in the order of the files whatever the number of threads. A file that is no regular one, such as a
/// pipe, is opened when its turn has come.
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

  /// Prepares to read files with at most `readers` threads, one a core where that is not said.
  init(
    paths: [String], hashingContents: Bool = false,
    readers: Int = ChunkReader.cores
  ) {
    self.paths = paths
    hashesContents = hashingContents
    self.readers = max(1, min(readers, paths.count))
    shelf = ChunkShelf(files: paths.count, limit: Self.mostChunks(readers: self.readers))
  }

  /// The most bytes of text held at once by a pass over so many files, lines of usual length taken for granted.
  static func mostBytes(files: Int) -> Int {
    mostChunks(readers: min(cores, files)) * TextChunk.initialCapacity
  }

  /// Enough for a reader to go on while it shares its core, and for files that are read at once to leave room to one another.
  private static func mostChunks(readers: Int) -> Int { readers <= 1 ? 8 : 48 }

  static var cores: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

  /// Starts to read; the thread ends by itself after the last chunk, a failure or `cancel`.
  func start() -> BackgroundThread {
    BackgroundThread { [self] in
      let others = (1..<readers).map { _ in BackgroundThread { self.run() } }
      run()
      for other in others { other.join() }
    }
  }

  /// The next chunk, valid until the following call; nil after the last one or once cancelled.
  func next() -> TextChunk? {
    current = shelf.next(giving: current)
    return current
  }

  /// Ends the threads and whoever waits for them.
  func cancel() { shelf.cancel() }

  /// Compressed bytes used, and seconds spent on reading and inflating.
  var progress: (bytes: Int, seconds: Double) {
    monitor.locked { (compressedBytes, busySeconds) }
  }

  /// Whether `next` has come to the end of the last file.
  var isExhausted: Bool { shelf.isExhausted }

  /// What was read of each file, once all of it was; nil unless that was asked for and all are regular files.
  var contents: [FileContent]? {
    monitor.locked {
      finished.count == paths.count ? paths.indices.compactMap { finished[$0] } : nil
    }
  }

  private func run() {
    while let file = claim(), read(file) {}
  }

  /// The next file that nobody reads yet.
  private func claim() -> Int? {
    monitor.locked {
      guard nextFile < paths.count else { return nil }
      nextFile += 1
      return nextFile - 1
    }
  }

  /// Hands on all of one file; false where nothing may follow it.
  private func read(_ file: Int) -> Bool {
    guard InputPaths.isRegular(paths[file]) || shelf.waitForTurn(of: file) else { return false }
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
      used = offset
      let goesOn = chunk.failure == nil
      let ends = chunk.endsFile
      guard shelf.put(chunk), goesOn else { return false }
      if ends { return true }
    }
    return false
  }
}
