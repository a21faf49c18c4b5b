/// A few rows of a product by one panel of its second operand, summed in registers.
///
/// `c[r, j] = [c[r, j] +] α · Σ_k a(r, k) · b[k, j]`, with `Upper + Lower` rows and as many columns as a `Chunk` has lanes.
/// Each sum is taken in the order of k, so its bits do not depend on which tile it lies in. Rows come in two halves because
/// the compiler keeps no longer array in registers.
enum ProductTile<let Upper: Int, let Lower: Int, Chunk: LaneChunk> {
  /// A step reads a chunk of the panel and a number of each row, and makes as many multiply-adds of a chunk each.
  @inline(__always)
  static func run(
    _ a: StridedOperand, _ panel: UnsafePointer<Scalar>, inner: Int, into c: ProductTarget
  ) {
    c.prefetch(rows: Upper + Lower)
    var upper = InlineArray<Upper, Chunk>(repeating: .zero)
    var lower = InlineArray<Lower, Chunk>(repeating: .zero)
    let (row, step) = (a.row, a.step)
    var (element, chunk) = (a.base, panel)
    for _ in 0..<inner {
      let b = Chunk.load(chunk)
      for r in 0..<Upper { upper[unchecked: r].addProduct(b, element[r &* row]) }
      let below = element + Upper &* row
      for r in 0..<Lower { lower[unchecked: r].addProduct(b, below[r &* row]) }
      element += step
      chunk += Chunk.width
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

/// The first operand as a tile reads it: `a(r, k)` is `base[r · row + k · step]`.
struct StridedOperand {
  let base: UnsafePointer<Scalar>
  let row: Int
  let step: Int

  /// The matrix, or its transpose.
  init(_ matrix: MatrixView, transposing: Bool) {
    base = UnsafePointer(matrix.base)
    (row, step) = transposing ? (1, matrix.stride) : (matrix.stride, 1)
  }

  private init(base: UnsafePointer<Scalar>, row: Int, step: Int) {
    (self.base, self.row, self.step) = (base, row, step)
  }

  /// The same matrix from one of its elements on.
  @inline(__always)
  func from(row first: Int, step start: Int) -> StridedOperand {
    StridedOperand(base: base + first * row + start * step, row: row, step: step)
  }
}
