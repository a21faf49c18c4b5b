/// Counts every distinct number of a field, exactly, for the edges between buckets of equal share.
///
/// Edge k of Q is the smallest number that at least k/Q of the numbers do not exceed, the inverse of their empirical
/// distribution; edges that coincide are one.
final class QuantileFit: FieldFit {
  private let buckets: Int
  private let counts = SpillingCounts(.ordered)
  private var total = 0

  init(buckets: Int) { self.buckets = buckets }

  func take(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) {
    var key = Self.key(NumberText.parse(text, count)).bigEndian
    withUnsafeBytes(of: &key) { bytes in
      bytes.withMemoryRebound(to: UInt8.self) { bytes in
        if let start = bytes.baseAddress { counts.add(start, bytes.count) }
      }
    }
    total += 1
  }

  var bytes: Int { counts.bytes }

  func spill(to file: CountSpill) throws { try counts.spill(to: file) }

  func encoding(_ spill: CountSpill?) throws -> FittedField.Encoding {
    var edges: [Double] = []
    var passed = 0
    var edge = 1
    try counts.forEachPart(spill) { part in
      for (key, count) in Self.sorted(part) {
        passed += count
        guard edge < buckets, passed >= needed(edge) else { continue }
        edges.append(Self.number(key))
        while edge < buckets, passed >= needed(edge) { edge += 1 }
      }
    }
    return .quantile(QuantileEdges(edges))
  }

  /// How many numbers must not exceed an edge: k/Q of them, rounded up.
  private func needed(_ edge: Int) -> Int {
    let (high, low) = edge.multipliedFullWidth(by: total)
    let (quotient, rest) = buckets.dividingFullWidth((high, low))
    return quotient + (rest > 0 ? 1 : 0)
  }

  private static func sorted(_ counts: ValueCounts) -> [(key: UInt64, count: Int)] {
    var numbers: [(key: UInt64, count: Int)] = []
    numbers.reserveCapacity(counts.count)
    counts.forEach { entry in
      let key = UnsafeRawPointer(entry.text).loadUnaligned(as: UInt64.self)
      numbers.append((UInt64(bigEndian: key), entry.count))
    }
    return numbers.sorted { $0.key < $1.key }
  }

  /// A number's bits, turned so that keys are in the order of the numbers; of the two zeros there is one.
  private static func key(_ number: Double) -> UInt64 {
    let bits = (number + 0).bitPattern
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }

  private static func number(_ key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
  }
}
