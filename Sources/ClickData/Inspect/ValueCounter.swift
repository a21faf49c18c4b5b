/// How often each value of a field occurs, with its text: exactly up to 65,536 values, the frequent ones beyond.
///
/// When the table is full, the median count is taken off every value and those at zero leave: a count is then too
/// low by at most `undercount`, which is far below the counts of frequent values (Misra and Gries, 1982; Anderson
/// et al., "A high-performance algorithm for identifying frequent items in data streams", 2017).
///
/// A struct over memory of its own, which `deallocate` gives back.
struct ValueCounter {
  /// The most values that are held at once.
  static let most = 1 << 16
  /// Bytes of a text that are kept.
  static let longestText = 47

  private struct Entry {
    /// 0 marks a free place.
    var hash: UInt64 = 0
    var count = 0
  }

  // At most half full; a hash is in the place that its low bits name or in one that follows.
  private var entries: UnsafeMutablePointer<Entry>
  // The length and the bytes of the text beside each entry.
  private var texts: UnsafeMutablePointer<UInt8>
  private var mask: Int
  private var held = 0
  private(set) var undercount = 0
  /// Values with exact counts, once the table holds the frequent ones alone.
  private(set) var sample: DistinctSample?

  init() { (entries, texts, mask) = Self.makePlaces(16) }

  /// Gives the memory back.
  func deallocate() {
    entries.deallocate()
    texts.deallocate()
  }

  /// Counts a value whose hash's 64 bits are uniform.
  @inline(__always)
  mutating func insert(_ hash: UInt64, _ text: UnsafePointer<UInt8>, _ length: Int) {
    let hash = max(hash, 1)
    if sample != nil { sample?.insert(hash) }
    var place = Int(truncatingIfNeeded: hash) & mask
    while entries[place].hash != hash {
      guard entries[place].hash != 0 else { return add(hash, text, length) }
      place = (place &+ 1) & mask
    }
    entries[place].count &+= 1
  }

  private mutating func add(_ hash: UInt64, _ text: UnsafePointer<UInt8>, _ length: Int) {
    if held == Self.most { makeRoom(for: hash) }
    if 2 * (held + 1) > mask + 1 { move(to: 2 * (mask + 1), less: 0) }
    let place = freePlace(hash)
    entries[place] = Entry(hash: hash, count: 1)
    let kept = min(length, Self.longestText)
    let slot = texts + place * (Self.longestText + 1)
    // One more than what is kept says that the text goes on.
    slot[0] = UInt8(length > kept ? kept + 1 : kept)
    (slot + 1).update(from: text, count: kept)
    held += 1
  }

  /// Drops the rarer half; before the first time all counts were exact and go into the sample.
  private mutating func makeRoom(for hash: UInt64) {
    if sample == nil {
      var sample = DistinctSample(most: DistinctSample.values)
      forEach { sample.insert($0.hash, count: $0.count) }
      sample.insert(hash)
      self.sample = sample
    }
    var counts: [Int] = []
    let step = (mask + 1) / 1024
    for place in stride(from: 0, through: mask, by: step) where entries[place].hash != 0 {
      counts.append(entries[place].count)
    }
    counts.sort()
    let median = counts.isEmpty ? 1 : counts[counts.count / 2]
    undercount += median
    move(to: mask + 1, less: median)
  }

  private mutating func move(to places: Int, less: Int) {
    let (oldEntries, oldTexts, oldMask) = (entries, texts, mask)
    (entries, texts, mask) = Self.makePlaces(places)
    held = 0
    let size = Self.longestText + 1
    for old in 0...oldMask where oldEntries[old].count > less {
      let place = freePlace(oldEntries[old].hash)
      entries[place] = Entry(hash: oldEntries[old].hash, count: oldEntries[old].count - less)
      (texts + place * size).update(from: oldTexts + old * size, count: size)
      held += 1
    }
    oldEntries.deallocate()
    oldTexts.deallocate()
  }

  private func freePlace(_ hash: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: hash) & mask
    while entries[place].hash != 0 { place = (place + 1) & mask }
    return place
  }

  private static func makePlaces(
    _ count: Int
  ) -> (UnsafeMutablePointer<Entry>, UnsafeMutablePointer<UInt8>, Int) {
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: count)
    entries.initialize(repeating: Entry(), count: count)
    let texts = UnsafeMutablePointer<UInt8>.allocate(capacity: count * (longestText + 1))
    texts.initialize(repeating: 0, count: count * (longestText + 1))
    return (entries, texts, count - 1)
  }

  private func forEach(_ body: ((hash: UInt64, count: Int)) -> Void) {
    for place in 0...mask where entries[place].hash != 0 {
      body((entries[place].hash, entries[place].count))
    }
  }
}

extension ValueCounter {
  /// The values with the highest counts, highest first; equal counts in the order of their texts.
  func top(_ most: Int) -> [FrequentValue] {
    let places = (0...mask).filter { entries[$0].hash != 0 }
    let limit = places.map { entries[$0].count }.sorted(by: >).prefix(most).last ?? 0
    let candidates = places.filter { entries[$0].count >= limit }.prefix(1 << 12)
    let values = candidates.map { FrequentValue(text: text(at: $0), count: entries[$0].count) }
    return Array(values.sorted { ($1.count, $0.text) < ($0.count, $1.text) }.prefix(most))
  }

  /// The counts of all values, or of a sample of them where there are too many.
  var counts: [Int] {
    if let sample { return sample.counts }
    var counts: [Int] = []
    forEach { counts.append($0.count) }
    return counts
  }

  /// How many values share one of so many buckets with another; nil where not all values are held.
  func sharing(buckets: Int) -> Int? {
    guard sample == nil else { return nil }
    var ids: [UInt32] = []
    forEach { ids.append(FieldHash.id($0.hash, buckets: UInt64(buckets))) }
    ids.sort()
    return ids.indices.count { index in
      (index > 0 && ids[index - 1] == ids[index])
        || (index + 1 < ids.count && ids[index + 1] == ids[index])
    }
  }

  private func text(at place: Int) -> String {
    let slot = texts + place * (Self.longestText + 1)
    let isCut = Int(slot[0]) > Self.longestText
    let count = min(Int(slot[0]), Self.longestText)
    return Excerpt.plain(slot + 1, count: count) + (isCut ? "…" : "")
  }
}
