import Platform

/// A pass over rows that were encoded before.
final class CachedPass: RowPass {
  private let cache: EncodedCache
  private let shuffle: RowShuffle?
  private let monitor = Monitor()
  // Guarded by `monitor`.
  private var bytesRead = 0
  private var cancelled = false

  /// A pass over all rows of a cache.
  init(_ cache: EncodedCache, order: RowOrder) {
    self.cache = cache
    shuffle = RowShuffle(words: cache.layout.words, order: order)
  }

  var totalBytes: Int? { cache.bytes }

  var read: (bytes: Int, seconds: Double) { (monitor.locked { bytesRead }, 0) }

  var badRows: (count: Int, messages: [String]) {
    (cache.manifest.badRows, cache.manifest.firstBadRows)
  }

  func cancel() { monitor.locked { cancelled = true } }

  func run(into filler: BatchFiller) throws {
    let words = cache.layout.words
    let bytes = cache.layout.recordBytes
    var watch = Stopwatch()
    try cache.blocks { records, rows in
      if let shuffle {
        for row in 0..<rows { shuffle.insert(records + row * words, displacing: filler.append) }
      } else {
        filler.append(records, rows)
      }
      filler.addBusy(watch.seconds)
      watch = Stopwatch()
      return monitor.locked {
        bytesRead += rows * bytes
        return !cancelled
      }
    }
    guard !monitor.locked({ cancelled }) else { return }
    monitor.locked { bytesRead = cache.bytes }
    shuffle?.drain(filler.append)
    filler.addBusy(watch.seconds)
  }

  func finish() {}
}
