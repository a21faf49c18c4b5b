import Glibc

/// Chooses and orders the values of a vocabulary: those that occur often enough, the most frequent first, of equals
/// the bytewise smaller first.
struct VocabularyBuilder {
  /// A value with what its place depends on.
  private struct Value {
    var count: Int
    /// The first eight bytes, most significant first, zeros beyond the end: nearly every comparison ends here.
    var prefix: UInt64
    var start: Int
    var length: Int
  }

  private let minCount: Int
  private var text: [UInt8] = []
  private var values: [Value] = []

  /// Values that occur fewer than `minCount` times are left out.
  init(minCount: Int) { self.minCount = minCount }

  /// Takes the values of one part.
  mutating func add(_ counts: ValueCounts) {
    counts.forEach { entry in
      guard entry.count >= minCount else { return }
      var prefix: UInt64 = 0
      for index in 0..<min(8, entry.length) {
        prefix |= UInt64(entry.text[index]) << UInt64(56 - 8 * index)
      }
      values.append(
        Value(count: entry.count, prefix: prefix, start: text.count, length: entry.length))
      text.append(contentsOf: UnsafeBufferPointer(start: entry.text, count: entry.length))
    }
  }

  /// The vocabulary of all that was taken.
  consuming func vocabulary() -> Vocabulary {
    let lines = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count + values.count)
    text.withUnsafeBufferPointer { text in
      values.sort { Self.precedes($0, $1, text) }
      var end = 0
      for value in values {
        for index in 0..<value.length { lines[end + index] = text[value.start + index] }
        lines[end + value.length] = 0x0a
        end += value.length + 1
      }
    }
    return Vocabulary(lines: lines)
  }

  @inline(__always)
  private static func precedes(
    _ one: Value, _ other: Value, _ text: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard one.count == other.count else { return one.count > other.count }
    guard one.prefix == other.prefix, let base = text.baseAddress else {
      return one.prefix < other.prefix
    }
    let order = memcmp(base + one.start, base + other.start, min(one.length, other.length))
    return order == 0 ? one.length < other.length : order < 0
  }
}
