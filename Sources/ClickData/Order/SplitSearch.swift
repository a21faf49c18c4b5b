/// Finds the keys at which ordered rows are divided, in passes of bounded memory.
///
/// The first pass counts all keys in bins. Each further pass counts the keys of the bins that
/// contain a boundary, until these have one key: two passes are enough for most columns.
struct SplitSearch {
  /// A boundary: so many rows are to be before it, in the order of their keys.
  private struct Boundary {
    let rank: Int
    /// The keys among which it is; nil in the first pass.
    var bin: KeyHistogram.Bin?
    /// The rows before them, and the largest key of these.
    var before = 0
    var previous: OrderKey?
    /// The last key before it, and the rows up to it.
    var found: (key: OrderKey, rows: Int)?
  }

  /// The last key before each boundary with the rows up to it, and the number of all rows.
  struct Found {
    var kind: OrderKey.Kind?
    var ends: [(key: OrderKey, rows: Int)]
    var rows: Int
  }

  private let maxBins: Int
  /// Calls its argument with the key of every row, and returns the kind of the keys.
  private let pass: (@escaping (OrderKey) -> Void) throws -> OrderKey.Kind?

  init(
    maxBins: Int = KeyHistogram.defaultMaxBins,
    pass: @escaping (@escaping (OrderKey) -> Void) throws -> OrderKey.Kind?
  ) {
    self.maxBins = maxBins
    self.pass = pass
  }

  /// The boundaries that shares of the rows determine; nil without a row.
  ///
  /// Rows with equal keys stay together: a boundary moves to the nearest end of their group.
  func boundaries(at shares: [Double]) throws -> Found? {
    var all = KeyHistogram(maxBins: maxBins)
    let kind = try pass { all.add($0) }
    let bins = all.sorted()
    guard !bins.isEmpty else { return nil }
    var boundaries = shares.map { share in
      Boundary(rank: min(all.total, max(1, Int((share * Double(all.total)).rounded()))))
    }
    for index in boundaries.indices { narrow(&boundaries[index], to: bins) }
    while boundaries.contains(where: { $0.found == nil }) {
      var histograms = boundaries.map { _ in KeyHistogram(maxBins: maxBins) }
      _ = try pass { key in
        for (index, boundary) in boundaries.enumerated() {
          guard boundary.found == nil, let bin = boundary.bin, bin.low <= key, key <= bin.high
          else { continue }
          histograms[index].add(key)
        }
      }
      for index in boundaries.indices where boundaries[index].found == nil {
        narrow(&boundaries[index], to: histograms[index].sorted())
      }
    }
    return Found(kind: kind, ends: boundaries.compactMap(\.found), rows: all.total)
  }

  /// Finds the bin of a boundary, or the boundary where that bin has one key.
  private func narrow(_ boundary: inout Boundary, to bins: [KeyHistogram.Bin]) {
    for bin in bins {
      guard boundary.before + bin.count < boundary.rank else {
        boundary.bin = bin
        break
      }
      boundary.before += bin.count
      boundary.previous = bin.high
    }
    guard let bin = boundary.bin, bin.isSingle else { return }
    let after = boundary.before + bin.count
    if let previous = boundary.previous, boundary.rank - boundary.before < after - boundary.rank {
      boundary.found = (previous, boundary.before)
    } else {
      boundary.found = (bin.low, after)
    }
  }
}
