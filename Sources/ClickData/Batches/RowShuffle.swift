import CVector
import Platform

/// A bounded shuffle of records: each newcomer takes the place of a random one, which goes on.
///
/// Draws are addressed by the row's number in the pass, so neither threads nor timing change the order. What
/// remains at the end leaves in the order of a Fisher-Yates shuffle; if the buffer was never full, that is a
/// uniform permutation of all rows.
final class RowShuffle {
  /// Places are fetched so many draws ahead: one that is not in a cache takes longer than a row does.
  private static let ahead = 8

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
    // Left untouched, so that a small split costs no memory for a large buffer.
    records = .allocate(capacity: words * capacity)
    random = CounterRandom(
      seed: UInt64(bitPattern: Int64(seed)), stream: UInt64(bitPattern: Int64(epoch)))
  }

  /// What an order asks for; nil where rows stay in place.
  convenience init?(words: Int, order: RowOrder) {
    guard case .shuffled(let seed, let epoch, let bufferRows) = order else { return nil }
    self.init(words: words, capacity: bufferRows, seed: seed, epoch: epoch)
  }

  deinit { records.deallocate() }

  /// Takes a record in, and gives `body` the one whose place it takes, if the buffer is full.
  @inline(__always)
  func insert(
    _ record: UnsafePointer<UInt32>, displacing body: (UnsafePointer<UInt32>) -> Void
  ) {
    var place = count
    if count == capacity {
      place = random.integer(draws, below: capacity)
      fetch(random.integer(draws &+ UInt64(Self.ahead), below: capacity))
      body(records + place * words)
    } else {
      count += 1
    }
    draws += 1
    (records + place * words).update(from: record, count: words)
  }

  /// Gives `body` every record that remains.
  func drain(_ body: (UnsafePointer<UInt32>) -> Void) {
    while count > 0 {
      let place = random.integer(draws, below: count)
      if count > Self.ahead {
        fetch(random.integer(draws &+ UInt64(Self.ahead), below: count - Self.ahead))
      }
      draws += 1
      count -= 1
      body(records + place * words)
      (records + place * words).update(from: records + count * words, count: words)
    }
  }

  /// Asks for the memory of a record, which is read soon.
  @inline(__always)
  private func fetch(_ place: Int) {
    let first = records + place * words
    var word = 0
    while word < words {
      sfg_prefetch(first + word)
      word &+= 16
    }
    sfg_prefetch(first + words - 1)
  }
}
