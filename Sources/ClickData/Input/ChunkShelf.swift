import Platform

/// The chunks of several files that are read concurrently, delivered in the order of the files.
///
/// At most `limit` chunks are in use. Files after the current one leave `reserve` chunks to it:
/// they are read ahead as far as memory allows and never block it.
final class ChunkShelf {
  private static let reserve = 4

  private let files: Int
  private let limit: Int
  private let monitor = Monitor()
  // Guarded by `monitor`.
  private var waiting: [[TextChunk]]
  private var spare: [TextChunk] = []
  private var used = 0
  private var turn = 0
  private var cancelled = false

  init(files: Int, limit: Int) {
    self.files = files
    self.limit = max(limit, Self.reserve)
    waiting = Array(repeating: [], count: files)
  }

  var isCancelled: Bool { monitor.locked { cancelled } }

  /// Whether the last chunk of every file was taken and returned.
  var isExhausted: Bool { monitor.locked { turn == files } }

  /// An empty chunk for a file, once there is room for it; nil once cancelled.
  func blank(for file: Int) -> TextChunk? {
    monitor.locked {
      while !cancelled, used >= (file == turn ? limit : limit - Self.reserve) { monitor.wait() }
      guard !cancelled else { return nil }
      used += 1
      return spare.popLast() ?? TextChunk()
    }
  }

  /// Waits until a file is the current one; false once cancelled.
  func waitForTurn(of file: Int) -> Bool {
    monitor.locked {
      while !cancelled, turn < file { monitor.wait() }
      return !cancelled
    }
  }

  /// Adds the next chunk of a file; false once cancelled.
  func put(_ chunk: TextChunk) -> Bool {
    monitor.locked {
      waiting[chunk.file].append(chunk)
      monitor.signalAll()
      return !cancelled
    }
  }

  /// The next chunk, in exchange for the previous one; nil after the last one or once cancelled.
  func next(giving last: TextChunk?) -> TextChunk? {
    monitor.locked {
      if let last { giveBack(last) }
      while !cancelled, turn < files, waiting[turn].isEmpty { monitor.wait() }
      guard !cancelled, turn < files else { return nil }
      return waiting[turn].removeFirst()
    }
  }

  /// Wakes all waiting threads and ends reading.
  func cancel() {
    monitor.locked {
      cancelled = true
      monitor.signalAll()
    }
  }

  private func giveBack(_ chunk: TextChunk) {
    used -= 1
    // A chunk that grew for a long line is dropped: it would stay large.
    if chunk.capacity == TextChunk.initialCapacity { spare.append(chunk) }
    if chunk.failure != nil { turn = files } else if chunk.endsFile { turn += 1 }
    monitor.signalAll()
  }
}
