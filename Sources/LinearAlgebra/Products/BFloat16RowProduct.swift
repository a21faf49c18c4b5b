#if !SFG_DOUBLE
  /// `c += a·b`, or `c = a·b`, of rounded operands, with the rows of `c` divided into tiles: the
  /// forward product of a layer and the gradient of its input.
  ///
  /// The second operand is a weight: all of its panels are packed first, and read by all tiles.
  /// Each thread packs the rows of its tile in its own memory, and its own cache.
  struct BFloat16RowProduct<Kernel: BFloat16Kernel> {
    let a: MatrixView
    let b: MatrixView
    let transposingB: Bool
    let c: MatrixView
    let overwriting: Bool
    private let tiles: ProductTiles
    private let memory: PairWords
    private let inner: Int
    private let blocks: Int
    /// Words of the packed second operand.
    private let panelWords: Int
    /// Words of a thread's rows.
    private let rowWords: Int

    /// Describes a product in memory of `words`.
    init(
      a: MatrixView, b: MatrixView, transposingB: Bool, c: MatrixView, overwriting: Bool,
      threads: Int, memory: PairWords
    ) {
      (self.a, self.b, self.transposingB, self.c) = (a, b, transposingB, c)
      (self.overwriting, self.memory) = (overwriting, memory)
      inner = a.columns
      blocks = ProductBlocking.blocks(inner: inner)
      tiles = ProductTiles(rows: c.rows, steps: inner, threads: threads)
      panelWords = Self.panelWords(columns: c.columns, inner: inner)
      rowWords = Self.rowWords(rows: c.rows, inner: inner)
    }

    /// Words that a product with at most so many rows needs, those of all threads included.
    static func words(rows: Int, columns: Int, inner: Int, threads: Int) -> Int {
      panelWords(columns: columns, inner: inner) + threads * rowWords(rows: rows, inner: inner)
    }

    private static func panelWords(columns: Int, inner: Int) -> Int {
      ProductBlocking.blocks(inner: inner)
        * BFloat16Panels<Kernel>.words(
          columns: columns, inner: ProductBlocking.steps(inner: inner))
    }

    private static func rowWords(rows: Int, inner: Int) -> Int {
      BFloat16Rows<Kernel>.words(
        rows: ProductTiles.mostRows(rows: rows, steps: inner),
        inner: ProductBlocking.steps(inner: inner))
    }

    /// Tasks that pack, one per panel of a k-block, then one per tile.
    var tasks: Int { packingTasks + tiles.count }

    private var packingTasks: Int { blocks * BFloat16Panels<Kernel>.count(columns: c.columns) }

    /// The first task of a task's stage: all earlier tasks must have ended.
    func firstOfStage(_ task: Int) -> Int { task < packingTasks ? 0 : packingTasks }

    /// Runs a task on a thread and returns the rows of the result that are complete with it.
    func run(_ task: Int, _ thread: Int) -> Range<Int>? {
      guard task >= packingTasks else {
        let (block, panel) = task.quotientAndRemainder(dividingBy: packingTasks / blocks)
        let steps = ProductBlocking.steps(of: block, inner: inner)
        panels(of: block).pack(
          transposingB ? b.columns(steps) : b.rows(steps), transposing: transposingB, panel: panel)
        return nil
      }
      let rows = tiles[task - packingTasks]
      for block in 0..<blocks {
        let steps = ProductBlocking.steps(of: block, inner: inner)
        let operand = BFloat16Rows<Kernel>(
          a.rows(rows).columns(steps), memory: memory + panelWords + thread * rowWords)
        let panels = panels(of: block)
        for panel in 0..<panels.count {
          panels.multiply(
            operand, panel: panel, rows: 0..<rows.count, into: c.rows(rows),
            overwriting: overwriting && block == 0)
        }
      }
      return rows
    }

    private func panels(of block: Int) -> BFloat16Panels<Kernel> {
      BFloat16Panels(
        columns: c.columns, inner: ProductBlocking.steps(of: block, inner: inner).count,
        memory: memory + block * (panelWords / blocks))
    }
  }
#endif
