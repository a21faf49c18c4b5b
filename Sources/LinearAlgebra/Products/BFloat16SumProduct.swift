#if !SFG_DOUBLE
  /// `c += aᵀ·b`, or `c = aᵀ·b`, of rounded operands: sums over the rows of a batch, the gradients
  /// of weights.
  ///
  /// A task is a part of `c`'s rows, or a strip of a part's columns. Each thread packs its part of
  /// both operands in its own memory, one k-block at a time. The sums of the batch's pieces are
  /// added as a tree, in partial sums behind the packed operands.
  struct BFloat16SumProduct<Kernel: BFloat16Kernel> {
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
      let rows: Int
      let columns: Int
      private(set) var parts: Int
      private(set) var strips = 1

      /// A multiple of the threads, with as little packing as possible: each task packs the rows of
      /// its part and the columns of its strip.
      init(rows: Int, columns: Int, threads: Int) {
        (self.rows, self.columns) = (rows, columns)
        let most = (rows + BFloat16Rows<Kernel>.height - 1) / BFloat16Rows<Kernel>.height
        let least = max(1, (rows + mostRows - 1) / mostRows)
        parts = least
        var packed = Int.max
        for strips in 1...max(1, min(threads, BFloat16Panels<Kernel>.count(columns: columns))) {
          let parts = (least...least + threads).first { $0 * strips % threads == 0 } ?? least
          guard parts <= most, strips * rows + parts * columns < packed else { continue }
          packed = strips * rows + parts * columns
          (self.parts, self.strips) = (parts, strips)
        }
      }

      var tasks: Int { parts * strips }

      /// The rows of a part: whole blocks.
      func rows(of part: Int) -> Range<Int> {
        Self.range(of: part, parts, rows, size: BFloat16Rows<Kernel>.height)
      }

      /// The columns of a strip: whole panels.
      func columns(of strip: Int) -> Range<Int> {
        Self.range(of: strip, strips, columns, size: BFloat16Panels<Kernel>.width)
      }

      private static func range(of part: Int, _ parts: Int, _ count: Int, size: Int) -> Range<Int> {
        let blocks = (count + size - 1) / size
        return min(
          count, part * blocks / parts * size)..<min(count, (part + 1) * blocks / parts * size)
      }
    }

    /// The most rows of a part, and columns that are packed at once: with 1024 terms, they take 756
    /// KB of the L2 cache.
    private static var mostRows: Int { 252 }
    private static var mostColumns: Int { 128 }

    /// Words that a thread needs for the pieces of a batch.
    static func words(_ cut: Cut, _ pieces: BatchPieces) -> Int {
      packedWords(cut, pieces)
        + (pieces.levels(addsLeaves: addsLeaves(pieces)) - 1) * mostElements(cut)
    }

    private static func packedWords(_ cut: Cut, _ pieces: BatchPieces) -> Int {
      let steps = steps(pieces)
      let words =
        rowWords(cut, steps: steps)
        + BFloat16Panels<Kernel>.words(columns: min(mostColumns, cut.columns), inner: steps)
      return (words + 15) / 16 * 16
    }

    /// The most terms of a k-block.
    private static func steps(_ pieces: BatchPieces) -> Int {
      min(pieces.longest, ProductBlocking.maxSteps)
    }

    /// The most elements of the result that a task has.
    private static func mostElements(_ cut: Cut) -> Int {
      let rows = (0..<cut.parts).map { cut.rows(of: $0).count }.max() ?? 0
      let columns = (0..<cut.strips).map { cut.columns(of: $0).count }.max() ?? 0
      return (rows * columns + 15) / 16 * 16
    }

    /// Whether a piece is one k-block, whose sums the micro-kernel adds to those of its sibling.
    private static func addsLeaves(_ pieces: BatchPieces) -> Bool {
      pieces.longest <= ProductBlocking.maxSteps
    }

    private static func rowWords(_ cut: Cut, steps: Int) -> Int {
      let most = (0..<cut.parts).map { cut.rows(of: $0).count }.max() ?? 0
      return BFloat16Rows<Kernel>.words(transposed: most, inner: steps)
    }

    /// Runs a task in a thread's memory.
    func run(_ task: Int, memory: PairWords) {
      let (strip, part) = task.quotientAndRemainder(dividingBy: cut.parts)
      let (rows, columns) = (cut.rows(of: part), cut.columns(of: strip))
      let partials = UnsafeMutableRawPointer(memory + Self.packedWords(cut, pieces))
        .assumingMemoryBound(to: Scalar.self)
      func target(_ level: Int) -> MatrixView {
        guard level > 0 else { return c.rows(rows).columns(columns) }
        return MatrixView(
          base: partials + (level - 1) * rows.count * columns.count, rows: rows.count,
          columns: columns.count, stride: columns.count)
      }
      pieces.sum(addsLeaves: Self.addsLeaves(pieces)) { piece, level, starts in
        let piecewise = pieces[piece]
        for block in 0..<ProductBlocking.blocks(inner: piecewise.count) {
          let steps = ProductBlocking.steps(of: block, inner: piecewise.count)
          let first = piecewise.lowerBound
          let overwrites = level == 0 ? overwriting && piece == 0 : starts
          add(
            first + steps.lowerBound..<first + steps.upperBound, rows, columns,
            to: target(level), overwriting: overwrites && block == 0, memory)
        }
      } merge: { level in
        target(level).add(target(level + 1))
      }
    }

    /// `target += aᵀ·b`, or `target = aᵀ·b`, for the terms of at most one k-block and some rows and
    /// columns of the result.
    private func add(
      _ steps: Range<Int>, _ rows: Range<Int>, _ columns: Range<Int>, to target: MatrixView,
      overwriting: Bool, _ memory: PairWords
    ) {
      let operand = BFloat16Rows<Kernel>(
        transposing: a.rows(steps).columns(rows), memory: memory)
      let most = Self.mostColumns
      for first in stride(from: 0, to: columns.count, by: most) {
        let some = first..<min(columns.count, first + most)
        let panels = BFloat16Panels<Kernel>(
          columns: some.count, inner: steps.count,
          memory: memory + Self.rowWords(cut, steps: Self.steps(pieces)))
        let start = columns.lowerBound
        panels.pack(b.rows(steps).columns(start + some.lowerBound..<start + some.upperBound))
        for panel in 0..<panels.count {
          panels.multiply(
            operand, panel: panel, rows: 0..<rows.count, into: target.columns(some),
            overwriting: overwriting)
        }
      }
    }
  }
#endif
