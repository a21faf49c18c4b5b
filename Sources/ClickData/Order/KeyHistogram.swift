/// Counts keys in bounded memory: in bins of adjacent keys, each with its exact number of keys.
///
/// A bin's bounds are keys that were counted. A key that many rows have stays in a bin of its own
/// as long as the bins beside it are not emptier.
struct KeyHistogram {
  /// A range of keys.
  struct Bin {
    var low: OrderKey
    var high: OrderKey
    var count: Int

    var isSingle: Bool { low == high }
  }

  /// The maximum number of bins between two calls of `merge`: about 9 MB.
  static let defaultMaxBins = 1 << 16

  private let maxBins: Int
  private var bins: [Bin] = []
  private var buffer: [OrderKey] = []
  private(set) var total = 0

  init(maxBins: Int = KeyHistogram.defaultMaxBins) {
    self.maxBins = maxBins
    buffer.reserveCapacity(maxBins)
  }

  @inline(__always)
  mutating func add(_ key: OrderKey) {
    buffer.append(key)
    if buffer.count == maxBins { merge() }
  }

  /// The bins in ascending order.
  mutating func sorted() -> [Bin] {
    merge()
    return bins
  }

  private mutating func merge() {
    buffer.sort()
    total += buffer.count
    var merged: [Bin] = []
    merged.reserveCapacity(bins.count + buffer.count)
    var next = 0
    for key in buffer {
      while next < bins.count, bins[next].high < key {
        merged.append(bins[next])
        next += 1
      }
      if next < bins.count, bins[next].low <= key {
        bins[next].count += 1
      } else if let last = merged.indices.last, merged[last].high == key {
        merged[last].count += 1
      } else {
        merged.append(Bin(low: key, high: key, count: 1))
      }
    }
    merged += bins[next...]
    bins = merged
    buffer.removeAll(keepingCapacity: true)
    if bins.count > maxBins { coarsen() }
  }

  /// Unites adjacent bins as long as they stay small: half of the bins remain.
  private mutating func coarsen() {
    let limit = 4 * total / maxBins
    var united: [Bin] = []
    for bin in bins {
      if let last = united.indices.last, united[last].count + bin.count <= limit {
        united[last].high = bin.high
        united[last].count += bin.count
      } else {
        united.append(bin)
      }
    }
    bins = united
  }
}
