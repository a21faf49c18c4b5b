/// Counts each value of a field: exactly up to 65,536 values, only the frequent ones beyond.
///
/// When the table is full, the median count is subtracted from every value and those at zero are
/// dropped: a count is then too low by at most `undercount`, which is far below the counts of
/// frequent values (Misra and Gries, 1982; Anderson et al., "A high-performance algorithm for
/// identifying frequent items in data streams", 2017).
///
/// A struct that owns memory, which `deallocate` frees.
struct ValueCounter {
  /// The maximum number of values in the table.
  static let capacity = 1 << 16
  /// Bytes of a text that are kept.
  static let maxTextLength = 47

  private struct Entry {
    /// 0 marks a free place.
    var hash: UInt64 = 0
    var count = 0
  }

  // At most half full; a hash is in the place that its low bits select or in a following one.
  private var entries: UnsafeMutablePointer<Entry>
  // The length and the bytes of the text beside each entry.
  private var texts: UnsafeMutablePointer<UInt8>
  private var mask: Int
  private var held = 0
  private(set) var undercount = 0
  /// Values with exact counts, once the table holds only the frequent ones.
  private(set) var sample: DistinctSample?

  init() { (entries, texts, mask) = Self.makePlaces(16) }

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
    if held == Self.capacity { makeRoom(for: hash) }
    if 2 * (held + 1) > mask + 1 { move(to: 2 * (mask + 1), less: 0) }
    let place = freePlace(hash)
    entries[place] = Entry(hash: hash, count: 1)
    let kept = min(length, Self.maxTextLength)
    let slot = texts + place * (Self.maxTextLength + 1)
    // A length greater than `maxTextLength` marks a text that was cut.
    slot[0] = UInt8(length > kept ? kept + 1 : kept)
    (slot + 1).update(from: text, count: kept)
    held += 1
  }

  /// Drops the rarer half; the first time, the counts, exact until then, go into the sample.
  private mutating func makeRoom(for hash: UInt64) {
    if sample == nil {
      var sample = DistinctSample(capacity: DistinctSample.values)
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
    let size = Self.maxTextLength + 1
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
    let texts = UnsafeMutablePointer<UInt8>.allocate(capacity: count * (maxTextLength + 1))
    texts.initialize(repeating: 0, count: count * (maxTextLength + 1))
    return (entries, texts, count - 1)
  }

  private func forEach(_ body: ((hash: UInt64, count: Int)) -> Void) {
    for place in 0...mask where entries[place].hash != 0 {
      body((entries[place].hash, entries[place].count))
    }
  }
}
extension ValueCounter {
  /// The values with the highest counts, highest first; ties in the order of their texts.
  func top(_ count: Int) -> [FrequentValue] {
    let places = (0...mask).filter { entries[$0].hash != 0 }
    let limit = places.map { entries[$0].count }.sorted(by: >).prefix(count).last ?? 0
    let candidates = places.filter { entries[$0].count >= limit }.prefix(1 << 12)
    let values = candidates.map { FrequentValue(text: text(at: $0), count: entries[$0].count) }
    return Array(values.sorted { ($1.count, $0.text) < ($0.count, $1.text) }.prefix(count))
  }

  /// The counts of all values, or of a sample of them where there are too many.
  var counts: [Int] {
    if let sample { return sample.counts }
    var counts: [Int] = []
    forEach { counts.append($0.count) }
    return counts
  }

  /// How many values share a bucket with another; nil where not all values are in the table.
  func colliding(buckets: Int) -> Int? {
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
    let slot = texts + place * (Self.maxTextLength + 1)
    let isCut = Int(slot[0]) > Self.maxTextLength
    let count = min(Int(slot[0]), Self.maxTextLength)
    return Excerpt.plain(.init(start: slot + 1, count: count)) + (isCut ? "…" : "")
  }
}

/// A uniform sample of the distinct hashes of a stream, each with its exact count.
///
/// It keeps the hashes below a threshold, which is halved whenever there are too many: those kept
/// at the end were counted from their first occurrence (Gibbons, "Distinct sampling", 2001), in any
/// order of the stream.
struct DistinctSample {
  /// The capacity for values of a field.
  static let values = 1 << 13
  /// The capacity for rows.
  static let rows = 1 << 20

  private let capacity: Int
  private var threshold = UInt64.max
  private var found: [UInt64: Int] = [:]
  /// How many hashes each kept one represents: 1 where all are kept.
  private(set) var scale = 1

  init(capacity: Int) { self.capacity = capacity }

  /// Counts a hash whose 64 bits are uniform.
  @inline(__always)
  mutating func insert(_ hash: UInt64, count: Int = 1) { if hash <= threshold { add(hash, count) } }

  private mutating func add(_ hash: UInt64, _ count: Int) {
    found[hash, default: 0] += count
    while found.count > capacity {
      threshold >>= 1
      scale *= 2
      found = found.filter { $0.key <= threshold }
    }
  }

  var counts: [Int] { Array(found.values) }
}
