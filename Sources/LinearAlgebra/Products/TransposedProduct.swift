/// `c += aᵀ·b`, or `c = aᵀ·b`: sums over the rows of a batch, as weights' gradients are.
///
/// A task is a strip of `c`'s columns, or a part of its rows. The thread that takes it lays the strip's columns of `b` out in
/// memory of its own, a piece of the sums at a time: what another thread had laid out would lie in that one's cache.
struct TransposedProduct {
  /// `[k, m]`.
  let a: MatrixView
  /// `[k, n]`, or its transpose.
  let b: MatrixView
  let transposingB: Bool
  let c: MatrixView
  let overwriting: Bool
  let cut: Cut

  /// How a result is cut into tasks; no sum depends on it.
  struct Cut {
    let panels: Int
    let strips: Int
    let parts: Int

    /// As many strips as threads, or a multiple of that, of as many panels as stay in the second cache; where they are too
    /// few for each thread to have two tasks, in parts.
    init(rows: Int, columns: Int, threads: Int) {
      panels = ProductPanels.count(columns: columns, width: ProductLayout.width)
      let most = TransposedProduct.stripColumns / ProductLayout.width
      let least = (panels + most - 1) / most
      strips = max(1, min(panels, (least + threads - 1) / threads * threads))
      let blocks = (rows + ProductRows.height - 1) / ProductRows.height
      parts = max(1, min(blocks, (2 * threads + strips - 1) / strips))
    }

    var tasks: Int { strips * parts }
  }

  /// Columns of a strip at most: with 1024 steps 512 KB.
  private static let stripColumns = 128

  /// Elements that a thread needs for sums of so many terms.
  static func elements(inner: Int) -> Int {
    let steps = ProductLayout.steps(inner: inner)
    return (stripColumns / ProductLayout.width)
      * ProductPanels.stride(width: ProductLayout.width, steps: steps)
  }

  /// Runs a task in a thread's memory.
  func run(_ task: Int, memory: UnsafeMutablePointer<Scalar>) {
    let (part, strip) = task.quotientAndRemainder(dividingBy: cut.strips)
    let width = ProductLayout.width
    let first = strip * cut.panels / cut.strips
    let panels = (strip + 1) * cut.panels / cut.strips - first
    let columns = first * width..<min(c.columns, (first + panels) * width)
    let source = transposingB ? b.rows(columns) : b.columns(columns)
    let target = c.columns(columns)
    for piece in 0..<ProductLayout.pieces(inner: a.rows) {
      let laid = ProductPanels(
        source, transposing: transposingB,
        steps: ProductLayout.steps(of: piece, inner: a.rows), width: width, memory: memory)
      laid.lay()
      let operand = ProductRows(transposing: a.rows(laid.steps))
      forEachBlock(of: part) { rows in
        for panel in 0..<panels {
          ProductTiles.multiply(
            operand, laid, panel, rows, into: target, overwriting: overwriting && piece == 0)
        }
      }
    }
  }

  /// As many rows of the result as a tile has, one block of them after another.
  private func forEachBlock(of part: Int, _ body: (Range<Int>) -> Void) {
    let height = ProductRows.height
    let blocks = (c.rows + height - 1) / height
    for block in part * blocks / cut.parts..<(part + 1) * blocks / cut.parts {
      body(block * height..<min(c.rows, (block + 1) * height))
    }
  }
}
