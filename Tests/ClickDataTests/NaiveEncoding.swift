import CXXHash
import Foundation

/// The id of a hashed text, by its definition over `String`.
func naiveHashID(_ field: String, _ text: String, _ buckets: Int) -> UInt32 {
  guard !text.isEmpty else { return 0 }
  let name = Array(field.utf8)
  let bytes = Array(text.utf8)
  let seed = sfg_xxh3_64(name, name.count, 0)
  let hash = sfg_xxh3_64(bytes, bytes.count, seed)
  return 1 + UInt32(hash.multipliedFullWidth(by: UInt64(buckets)).high)
}

/// The id of a number under `log_bucket`, by its definition.
func naiveLogBucketID(_ number: Double?) -> UInt32 {
  guard let number else { return 0 }
  var category = number.rounded(.towardZero)
  if number > 2 { category = pow(log(number), 2).rounded(.down) }
  if number > pow(2, 63) { category = 1907 }
  return UInt32(max(category, -100) + 101)
}

/// The values of a vocabulary in the order of their ids: by descending count, then by bytes.
func naiveVocabulary(_ texts: [[UInt8]], minCount: Int) -> [[UInt8]] {
  var counts: [[UInt8]: Int] = [:]
  for text in texts where !text.isEmpty { counts[text, default: 0] += 1 }
  return counts.filter { $0.value >= minCount }
    .sorted {
      $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key)
    }
    .map(\.key)
}

/// The id of a text in a vocabulary: its place from 1, or the one after the last.
func naiveVocabularyID(_ vocabulary: [[UInt8]], _ text: [UInt8]) -> UInt32 {
  UInt32((vocabulary.firstIndex(of: text) ?? vocabulary.count) + 1)
}
