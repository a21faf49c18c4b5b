/// The edges between the buckets of a numeric field: numbers in bucket b exceed exactly b edges.
///
/// The id of a number is its bucket plus 1, 0 is the missing value: a table has `count + 2` rows.
public final class QuantileEdges: @unchecked Sendable {
  /// Finds the buckets of numbers; valid as long as the edges exist.
  struct Lookup {
    fileprivate let edges: UnsafeMutablePointer<Double>
    fileprivate let count: Int

    /// The id of a number that is not NaN, by binary search.
    @inline(__always)
    func id(_ number: Double) -> UInt32 {
      var low = 0
      var high = count
      while low < high {
        let middle = (low &+ high) >> 1
        if edges[middle] < number { low = middle &+ 1 } else { high = middle }
      }
      return UInt32(truncatingIfNeeded: low &+ 1)
    }
  }

  let lookup: Lookup

  init(_ edges: [Double]) {
    precondition(
      zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }, "QuantileEdges: \(edges) do not ascend")
    let memory = UnsafeMutablePointer<Double>.allocate(capacity: max(edges.count, 1))
    for (index, edge) in edges.enumerated() { (memory + index).initialize(to: edge) }
    lookup = Lookup(edges: memory, count: edges.count)
  }

  deinit { lookup.edges.deallocate() }

  /// The edges, ascending.
  public var edges: [Double] {
    Array(UnsafeBufferPointer(start: lookup.edges, count: lookup.count))
  }

  var rows: Int { lookup.count + 2 }
}

extension QuantileEdges: Equatable {
  /// Whether both give every number the same id.
  public static func == (one: QuantileEdges, other: QuantileEdges) -> Bool {
    one.edges == other.edges
  }
}

/// Counts every distinct number of a field exactly, to find edges between equal shares.
///
/// Edge k of Q is the smallest number that at least k/Q of the numbers do not exceed, the inverse
/// of their empirical distribution; equal edges are merged.
final class QuantileFit: FieldFit {
  private let buckets: Int
  private let counts = SpillingCounts(.ordered)
  private var total = 0

  init(buckets: Int) { self.buckets = buckets }

  func take(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) {
    var key = Self.key(NumberParser.parse(text, count)).bigEndian
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

  /// How many numbers an edge must not be exceeded by: k/Q of them, rounded up.
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

  /// A number's bits in the order of the numbers; both zeros have the same key.
  private static func key(_ number: Double) -> UInt64 {
    let bits = (number + 0).bitPattern
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }

  private static func number(_ key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
  }
}
