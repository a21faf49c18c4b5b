import Glibc
import Platform

/// Selects the values of a vocabulary and sorts them by descending count, ties bytewise.
struct VocabularyBuilder {
  /// A value with what determines its place.
  private struct Value {
    var count: Int
    /// The first eight bytes, big-endian, padded with zeros: they decide nearly every comparison.
    var prefix: UInt64
    var start: Int
    var length: Int
  }

  private let minCount: Int
  private var text: [UInt8] = []
  private var values: [Value] = []

  /// Omits values that occur fewer than `minCount` times.
  init(minCount: Int) { self.minCount = minCount }

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

  /// The number of selected values.
  var count: Int { values.count }

  consuming func vocabulary(blank: Vocabulary.Blank) -> Vocabulary {
    Vocabulary(lines: lines(), blank: blank)
  }

  /// The values as lines, or the first `limit` of them; the caller owns the memory.
  consuming func lines(limit: Int = .max) -> UnsafeMutableBufferPointer<UInt8> {
    text.withUnsafeBufferPointer { text in values.sort { Self.precedes($0, $1, text) } }
    values.removeLast(max(0, values.count - limit))
    let bytes = values.reduce(values.count) { $0 + $1.length }
    let lines = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes)
    text.withUnsafeBufferPointer { text in
      var end = 0
      for value in values {
        for index in 0..<value.length { lines[end + index] = text[value.start + index] }
        lines[end + value.length] = 0x0a
        end += value.length + 1
      }
    }
    return lines
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

/// Counts every value of a field exactly, for its vocabulary.
final class VocabularyFit: FieldFit {
  private let counts = SpillingCounts(.hashed)
  private let minCount: Int

  init(minCount: Int) { self.minCount = minCount }

  func take(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) { counts.add(text, count) }
  var bytes: Int { counts.bytes }
  func spill(to file: SpillFile) throws { try counts.spill(to: file) }

  func encoding(_ spill: SpillFile?, _ found: ScanCounts) throws -> FittedField.Encoding {
    var builder = VocabularyBuilder(minCount: minCount)
    try counts.forEachPart(spill) { builder.add($0) }
    return .vocabulary(builder.vocabulary(blank: .unknown), minCount: minCount)
  }
}
