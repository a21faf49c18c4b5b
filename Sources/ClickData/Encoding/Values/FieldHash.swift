import CXXHash

/// The frozen hash that turns a field's text into an id.
///
/// `h = XXH3-64(text, seed: XXH3-64(field name, seed: 0))` and `id = 1 + ⌊h · buckets / 2⁶⁴⌋`; the
/// empty text is the missing value, id 0. A table has `buckets + 1` rows. Any change would silently
/// make saved models look up other rows of their tables.
struct FieldHash {
  private let seed: UInt64

  init(field: String) {
    var name = field
    seed = name.withUTF8 { sfg_xxh3_64($0.baseAddress, $0.count, 0) }
  }

  @inline(__always)
  func hash(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt64 { sfg_xxh3_64(text, count, seed) }

  /// The id of a hash among so many buckets.
  @inline(__always)
  static func id(_ hash: UInt64, buckets: UInt64) -> UInt32 {
    1 &+ UInt32(truncatingIfNeeded: hash.multipliedFullWidth(by: buckets).high)
  }

  /// The number of buckets for so many distinct values, at most `limit`.
  ///
  /// 16 per value up to 4096 values, at least 16; above, 2 per value, at least 65,536.
  static func buckets(distinct: Int, limit: Int) -> Int {
    min(distinct <= 4096 ? max(16, 16 * distinct) : max(1 << 16, 2 * distinct), limit)
  }
}
