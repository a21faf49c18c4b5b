/// `c += aᵀ·b`, or `c = aᵀ·b`: sums over the rows of a batch, such as the gradients of weights.
///
/// A task is a strip of `c`'s columns, or a part of the strip's rows. Each thread packs the strip's
/// columns of `b` in its own memory, and its own cache, one k-block at a time.
struct TransposedProduct {
  /// `[k, m]`.
  let a: MatrixView
  /// `[k, n]`, or its transpose.
  let b: MatrixView
  let transposingB: Bool
  let c: MatrixView
  let overwriting: Bool
  let cut: Cut

  /// The division of a result into tasks; no sum depends on it.
  struct Cut {
    let panels: Int
    let strips: Int
    let parts: Int

    /// As many strips as threads, or a multiple of that, each of as many panels as fit in the L2
    /// cache; strips are divided into parts if each thread would have fewer than two tasks.
    init(rows: Int, columns: Int, threads: Int) {
      panels = ProductPanels.count(columns: columns, width: ProductBlocking.width)
      let most = TransposedProduct.stripColumns / ProductBlocking.width
      let least = (panels + most - 1) / most
      strips = max(1, min(panels, (least + threads - 1) / threads * threads))
      let blocks = (rows + ProductRows.height - 1) / ProductRows.height
      parts = max(1, min(blocks, (2 * threads + strips - 1) / strips))
    }

    var tasks: Int { strips * parts }
  }

  /// The most columns of a strip: 512 KB with 1024 steps.
  private static let stripColumns = 128

  /// Elements that a thread needs for sums of `inner` terms.
  static func elements(inner: Int) -> Int {
    let steps = ProductBlocking.steps(inner: inner)
    return (stripColumns / ProductBlocking.width)
      * ProductPanels.stride(width: ProductBlocking.width, steps: steps)
  }

  /// Runs a task in a thread's memory.
  func run(_ task: Int, memory: UnsafeMutablePointer<Scalar>) {
    let (part, strip) = task.quotientAndRemainder(dividingBy: cut.strips)
    let width = ProductBlocking.width
    let first = strip * cut.panels / cut.strips
    let panels = (strip + 1) * cut.panels / cut.strips - first
    let columns = first * width..<min(c.columns, (first + panels) * width)
    let source = transposingB ? b.rows(columns) : b.columns(columns)
    let target = c.columns(columns)
    for block in 0..<ProductBlocking.blocks(inner: a.rows) {
      let packed = ProductPanels(
        source, transposing: transposingB,
        steps: ProductBlocking.steps(of: block, inner: a.rows), width: width, memory: memory)
      packed.pack()
      let operand = ProductRows(transposing: a.rows(packed.steps))
      forEachRowBlock(of: part) { rows in
        for panel in 0..<panels {
          ProductTiles.multiply(
            operand, packed, panel, rows, into: target, overwriting: overwriting && block == 0)
        }
      }
    }
  }

  /// Calls `body` with one block of rows after another, each of a micro-tile's height.
  private func forEachRowBlock(of part: Int, _ body: (Range<Int>) -> Void) {
    let height = ProductRows.height
    let blocks = (c.rows + height - 1) / height
    for block in part * blocks / cut.parts..<(part + 1) * blocks / cut.parts {
      body(block * height..<min(c.rows, (block + 1) * height))
    }
  }
}
