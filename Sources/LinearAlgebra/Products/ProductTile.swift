/// A few rows of a product by one panel of its second operand, summed in registers.
///
/// `c[r, j] = [c[r, j] +] Σ_k a(r, k) · b[k, j]`, with `Upper + Lower` rows and as many columns as a `Chunk` has lanes.
/// Each sum is taken in the order of k, so its bits do not depend on which tile it lies in. Rows come in two halves because
/// the compiler keeps no longer array in registers.
enum ProductTile<let Upper: Int, let Lower: Int, Chunk: LaneChunk> {
  /// A step reads a chunk of the panel and a number of each row, and makes as many multiply-adds of a chunk each.
  ///
  /// The numbers of row `r` begin at `start + r · a.row`.
  @inline(__always)
  static func run(
    _ a: ProductRows, _ start: UnsafePointer<Scalar>, _ panel: UnsafePointer<Scalar>, width: Int,
    inner: Int, into c: ProductTarget
  ) {
    c.prefetch(rows: Upper + Lower)
    var upper = InlineArray<Upper, Chunk>(repeating: .zero)
    var lower = InlineArray<Lower, Chunk>(repeating: .zero)
    let (row, step, ahead) = (a.row, a.step, a.ahead)
    var (element, chunk) = (start, panel)
    for _ in 0..<inner {
      Prefetch.element(element + ahead)
      Prefetch.element(element + (ahead &+ Upper &+ Lower &- 1))
      let b = Chunk.load(chunk)
      for r in 0..<Upper { upper[unchecked: r].addProduct(b, element[r &* row]) }
      let below = element + Upper &* row
      for r in 0..<Lower { lower[unchecked: r].addProduct(b, below[r &* row]) }
      element += step
      chunk += width
    }
    switch c.way(width: Chunk.width) {
    case .overwriting:
      for r in 0..<Upper { c.overwrite(upper[unchecked: r], row: r) }
      for r in 0..<Lower { c.overwrite(lower[unchecked: r], row: Upper + r) }
    case .adding:
      for r in 0..<Upper { c.add(upper[unchecked: r], row: r) }
      for r in 0..<Lower { c.add(lower[unchecked: r], row: Upper + r) }
    case .narrow:
      for r in 0..<Upper { c.putNarrow(upper[unchecked: r], row: r) }
      for r in 0..<Lower { c.putNarrow(lower[unchecked: r], row: Upper + r) }
    }
  }
}
