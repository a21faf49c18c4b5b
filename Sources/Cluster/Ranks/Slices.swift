/// Cuts a vector into one slice per rank, of any lengths; a slice may be empty.
public struct Slices: Sendable, Equatable {
  /// The start of each slice, and the end of the last one.
  private var bounds: [Int]

  /// Cuts a vector at the ends of slices of these lengths, one per rank.
  public init(lengths: [Int]) {
    precondition(lengths.allSatisfy { $0 >= 0 }, "Slices: negative length in \(lengths)")
    bounds = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
  }

  /// Cuts `count` elements into slices whose lengths differ by at most one.
  public init(count: Int, ranks: Int) {
    precondition(count >= 0 && ranks > 0, "Slices: \(count) elements for \(ranks) ranks")
    bounds = (0...ranks).map { $0 * (count / ranks) + min($0, count % ranks) }
  }

  /// Cuts another vector for as many ranks, at the ends of slices of these lengths, without
  /// allocating.
  public mutating func recut(_ length: (_ rank: Int) -> Int) {
    for rank in 0..<ranks {
      let length = length(rank)
      precondition(length >= 0, "Slices: length \(length) of rank \(rank)")
      bounds[rank + 1] = bounds[rank] + length
    }
  }

  /// The number of slices.
  public var ranks: Int { bounds.count - 1 }

  /// The number of elements of the vector.
  public var count: Int { bounds[bounds.count - 1] }

  /// The elements of one rank.
  public subscript(rank: Int) -> Range<Int> { bounds[rank]..<bounds[rank + 1] }
}
