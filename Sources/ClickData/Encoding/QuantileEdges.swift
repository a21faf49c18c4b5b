/// The edges between the buckets of a numeric field: bucket b holds what exceeds b edges and no more.
///
/// The id of a number is one more than its bucket, 0 is the missing value: a table has `count + 2` rows. It never changes.
public final class QuantileEdges: @unchecked Sendable {
  /// Finds the buckets of numbers, while the edges live.
  struct Lookup {
    fileprivate let edges: UnsafeMutablePointer<Double>
    fileprivate let count: Int

    /// The id of a number that is not NaN: by halving, about log₂ of the edges' number steps.
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

  /// Takes edges that ascend.
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

  /// Rows of the field's table.
  var rows: Int { lookup.count + 2 }
}

extension QuantileEdges: Equatable {
  /// Whether two give every number the same id.
  public static func == (one: QuantileEdges, other: QuantileEdges) -> Bool {
    one.edges == other.edges
  }
}
