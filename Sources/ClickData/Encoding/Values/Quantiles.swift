import Platform

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

/// Finds edges between equal shares of a field's numbers.
///
/// Edge k of Q is the smallest number that at least k/Q of the numbers do not exceed, the inverse
/// of their empirical distribution; equal edges are merged.
final class QuantileFit: FieldFit {
  private let buckets: Int
  private let counts = NumberCounts()

  init(buckets: Int) { self.buckets = buckets }

  func take(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) { _ = counts.add(text, count) }
  var bytes: Int { counts.bytes }
  func spill(to file: SpillFile) throws { try counts.spill(to: file) }

  func encoding(_ spill: SpillFile?, _ found: ScanCounts) throws -> FittedField.Encoding {
    var edges: [Double] = []
    var passed = 0
    var edge = 1
    try counts.forEach(spill) { number, count in
      passed += count
      guard edge < buckets, passed >= needed(edge) else { return }
      edges.append(number)
      while edge < buckets, passed >= needed(edge) { edge += 1 }
    }
    return .quantile(QuantileEdges(edges))
  }

  /// How many numbers an edge must not be exceeded by: k/Q of them, rounded up.
  private func needed(_ edge: Int) -> Int {
    let (high, low) = edge.multipliedFullWidth(by: counts.total)
    let (quotient, rest) = buckets.dividingFullWidth((high, low))
    return quotient + (rest > 0 ? 1 : 0)
  }
}
