/// A uniform sample of the distinct hashes of a stream, each with its exact count, in bounded memory.
///
/// It keeps the hashes below a threshold, which halves whenever there are too many: what is kept at the end was
/// kept from its first occurrence on (Gibbons, "Distinct sampling", 2001). The order of the stream changes nothing.
struct DistinctSample {
  /// Values of a field that are kept at most.
  static let values = 1 << 13
  /// Rows that are kept at most.
  static let rows = 1 << 20

  private let most: Int
  private var threshold = UInt64.max
  private var found: [UInt64: Int] = [:]
  /// How many hashes each one kept stands for: 1 where all are kept.
  private(set) var scale = 1

  /// Keeps at most `most` hashes.
  init(most: Int) { self.most = most }

  /// Counts a hash whose 64 bits are uniform.
  @inline(__always)
  mutating func insert(_ hash: UInt64, count: Int = 1) {
    if hash <= threshold { add(hash, count) }
  }

  private mutating func add(_ hash: UInt64, _ count: Int) {
    found[hash, default: 0] += count
    while found.count > most {
      threshold >>= 1
      scale *= 2
      found = found.filter { $0.key <= threshold }
    }
  }

  /// The counts of the hashes that are kept.
  var counts: [Int] { Array(found.values) }
}
