import Platform

/// Counts the values that a vocabulary lacks, to append those that are frequent enough.
///
/// They follow by descending count, ties bytewise, as in a new vocabulary. One that may have a
/// limited number of values takes the most frequent ones up to it.
final class VocabularyGrowth: FieldFit {
  /// Values that were appended, and frequent ones for which there was no room.
  private(set) var added = 0, omitted = 0

  private let vocabulary: Vocabulary
  private let minCount: Int
  private let maxCount: Int
  private let counts = SpillingCounts(.hashed)

  /// Grows a vocabulary of up to `maxCount` values; nil is any number.
  init(_ vocabulary: Vocabulary, minCount: Int, maxCount: Int?) {
    self.vocabulary = vocabulary
    self.minCount = minCount
    self.maxCount = maxCount ?? .max
  }

  func take(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) {
    let lookup = vocabulary.lookup
    guard lookup.id(text, count) == lookup.unknown else { return }
    counts.add(text, count)
  }

  var bytes: Int { counts.bytes }
  func spill(to file: SpillFile) throws { try counts.spill(to: file) }

  func encoding(_ spill: SpillFile?, _ found: ScanCounts) throws -> FittedField.Encoding {
    var builder = VocabularyBuilder(minCount: minCount)
    try counts.forEachPart(spill) { builder.add($0) }
    let frequent = builder.count
    added = min(frequent, max(0, maxCount - vocabulary.count))
    omitted = frequent - added
    guard added > 0 else { return .vocabulary(vocabulary, minCount: minCount) }
    let lines = builder.lines(limit: added)
    defer { lines.deallocate() }
    return .vocabulary(vocabulary.appending(lines), minCount: minCount)
  }
}
