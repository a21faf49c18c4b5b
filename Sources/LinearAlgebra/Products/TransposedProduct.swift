/// `c += aᵀ·b`, or `c = aᵀ·b`: sums over the rows of a batch, such as the gradients of weights.
///
/// A task is a strip of `c`'s columns, or a part of the strip's rows. Each thread packs the strip's
/// columns of `b` in its own memory, and its own cache, one k-block at a time. The sums of the
/// batch's pieces are added as a tree, in partial sums behind the packed columns.
struct TransposedProduct {
  /// `[k, m]`.
  let a: MatrixView
  /// `[k, n]`.
  let b: MatrixView
  let c: MatrixView
  let overwriting: Bool
  let pieces: BatchPieces
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

    /// The most elements of `c` that a task has.
    func elements(rows: Int) -> Int {
      let blocks = (rows + ProductRows.height - 1) / ProductRows.height
      return ((blocks + parts - 1) / parts) * ProductRows.height
        * ((panels + strips - 1) / strips) * ProductBlocking.width
    }
  }

  /// The most columns of a strip: 512 KB with 1024 steps.
  private static let stripColumns = 128

  /// Elements that a thread needs for the pieces of a batch.
  static func elements(rows: Int, cut: Cut, pieces: BatchPieces) -> Int {
    let levels = pieces.levels(addsLeaves: addsLeaves(pieces))
    return packedElements(pieces) + (levels - 1) * cut.elements(rows: rows)
  }

  private static func packedElements(_ pieces: BatchPieces) -> Int {
    // Shorter batches may have longer k-blocks, up to this many terms.
    let steps = min(pieces.longest, ProductBlocking.maxSteps)
    return (stripColumns / ProductBlocking.width)
      * ProductPanels.stride(width: ProductBlocking.width, steps: steps)
  }

  /// Whether a piece is one k-block, whose sums the micro-kernel adds to those of its sibling.
  private static func addsLeaves(_ pieces: BatchPieces) -> Bool {
    pieces.longest <= ProductBlocking.maxSteps
  }

  /// Runs a task in a thread's memory.
  func run(_ task: Int, memory: UnsafeMutablePointer<Scalar>) {
    let (part, strip) = task.quotientAndRemainder(dividingBy: cut.strips)
    let width = ProductBlocking.width
    let first = strip * cut.panels / cut.strips
    let panels = (strip + 1) * cut.panels / cut.strips - first
    let columns = first * width..<min(c.columns, (first + panels) * width)
    let rows = rows(of: part)
    let partials = memory + Self.packedElements(pieces)
    func target(_ level: Int) -> MatrixView {
      guard level > 0 else { return c.columns(columns) }
      let start = partials + ((level - 1) * rows.count - rows.lowerBound) * columns.count
      return MatrixView(
        base: start, rows: rows.upperBound, columns: columns.count, stride: columns.count)
    }
    pieces.sum(addsLeaves: Self.addsLeaves(pieces)) { piece, level, starts in
      add(
        pieces[piece], columns, rows, to: target(level),
        overwriting: level == 0 ? overwriting && piece == 0 : starts, memory)
    } merge: { level in
      target(level).rows(rows).add(target(level + 1).rows(rows))
    }
  }

  /// Adds the terms of some rows of the batch to some columns of some rows of a result.
  private func add(
    _ steps: Range<Int>, _ columns: Range<Int>, _ rows: Range<Int>, to target: MatrixView,
    overwriting: Bool, _ memory: UnsafeMutablePointer<Scalar>
  ) {
    let (a, b) = (a.rows(steps), b.rows(steps).columns(columns))
    let height = ProductRows.height
    for block in 0..<ProductBlocking.blocks(inner: a.rows) {
      let packed = ProductPanels(
        b, transposing: false, steps: ProductBlocking.steps(of: block, inner: a.rows),
        width: ProductBlocking.width, memory: memory)
      packed.pack()
      let operand = ProductRows(transposing: a.rows(packed.steps))
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: height) {
        for panel in 0..<ProductPanels.count(columns: columns.count, width: packed.width) {
          ProductTiles.multiply(
            operand, packed, panel, start..<min(start + height, rows.upperBound), into: target,
            overwriting: overwriting && block == 0)
        }
      }
    }
  }

  /// The rows of a part: whole micro-tiles.
  private func rows(of part: Int) -> Range<Int> {
    let height = ProductRows.height
    let blocks = (c.rows + height - 1) / height
    return part * blocks / cut.parts
      * height..<min(
        c.rows, (part + 1) * blocks / cut.parts * height)
  }
}
