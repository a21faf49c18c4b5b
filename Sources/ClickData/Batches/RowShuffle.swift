import CVector
import Platform

/// The order of the rows of a pass.
public enum RowOrder: Equatable, Sendable {
  /// As stored: files in the order of their paths, lines in the order of the file.
  case stored
  /// A different shuffle for every seed and epoch, through a buffer of `bufferRows` rows; where the
  /// whole split fits, every permutation is equally likely.
  case shuffled(seed: Int, epoch: Int, bufferRows: Int)
}

/// A bounded shuffle of records: each new record replaces a random one, which leaves the buffer.
///
/// Random numbers are indexed by the row's number in the pass, so that neither threads nor timing
/// change the order. The records that remain at the end leave in the order of a Fisher-Yates
/// shuffle; if the buffer was never full, that is a uniform permutation of all rows.
final class RowShuffle {
  /// Records are prefetched so many draws ahead: a cache miss takes longer than a row.
  private static let prefetchDistance = 8

  private let words: Int
  private let capacity: Int
  private let records: UnsafeMutablePointer<UInt32>
  private let random: CounterRandom
  private var count = 0
  private var draws: UInt64 = 0

  init(words: Int, capacity: Int, seed: Int, epoch: Int) {
    precondition(capacity > 0, "RowShuffle: capacity must be positive, got \(capacity)")
    self.words = words
    self.capacity = capacity
    // Not initialised, so that a small split takes no memory for a large buffer.
    records = .allocate(capacity: words * capacity)
    random = CounterRandom(
      seed: UInt64(bitPattern: Int64(seed)), stream: UInt64(bitPattern: Int64(epoch)))
  }

  /// The shuffle of an order; nil where rows stay in place.
  convenience init?(words: Int, order: RowOrder) {
    guard case .shuffled(let seed, let epoch, let bufferRows) = order else { return nil }
    self.init(words: words, capacity: bufferRows, seed: seed, epoch: epoch)
  }

  deinit { records.deallocate() }

  /// Inserts a record, and calls `body` with the one that it replaces, if the buffer is full.
  @inline(__always)
  func insert(_ record: UnsafePointer<UInt32>, displacing body: (UnsafePointer<UInt32>) -> Void) {
    var place = count
    if count == capacity {
      place = random.integer(draws, below: capacity)
      prefetch(random.integer(draws &+ UInt64(Self.prefetchDistance), below: capacity))
      body(records + place * words)
    } else {
      count += 1
    }
    draws += 1
    (records + place * words).update(from: record, count: words)
  }

  /// Calls `body` with every remaining record.
  func drain(_ body: (UnsafePointer<UInt32>) -> Void) {
    while count > 0 {
      let place = random.integer(draws, below: count)
      if count > Self.prefetchDistance {
        prefetch(
          random.integer(
            draws &+ UInt64(Self.prefetchDistance), below: count - Self.prefetchDistance))
      }
      draws += 1
      count -= 1
      body(records + place * words)
      (records + place * words).update(from: records + count * words, count: words)
    }
  }

  @inline(__always)
  private func prefetch(_ place: Int) {
    let first = records + place * words
    var word = 0
    while word < words {
      sfg_prefetch(first + word)
      word &+= 16
    }
    sfg_prefetch(first + words - 1)
  }
}

/// Inserts records into a shuffle, and appends those that they replace to batches.
final class ShuffledPlaces: RecordPlaces {
  let place: UnsafeMutablePointer<UInt32>
  private let shuffle: RowShuffle
  private let filler: BatchFiller

  init(_ shuffle: RowShuffle, of layout: RecordLayout, into filler: BatchFiller) {
    self.shuffle = shuffle
    self.filler = filler
    place = .allocate(capacity: layout.words)
    place.initialize(repeating: 0, count: layout.words)
  }

  deinit { place.deallocate() }

  @inline(__always)
  func keep() { shuffle.insert(place, displacing: filler.append) }
}
