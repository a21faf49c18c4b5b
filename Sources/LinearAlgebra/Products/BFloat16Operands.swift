#if !SFG_DOUBLE
  import CVector

  extension MatrixView {
    /// The matrix as a source of rounded numbers.
    var rounded: BFloat16Source {
      BFloat16Source(base: base, rows: rows, columns: columns, stride: stride)
    }
  }

  /// A cache line, in words.
  private let line = 16

  /// An odd number of cache lines for so many words: see `ProductPanels.stride`.
  private func oddLines(_ words: Int) -> Int { ((words + line - 1) / line | 1) * line }

  /// One k-block of a product's second operand, rounded and packed: `[panel][step][column][2]`.
  ///
  /// Columns behind the last, and the second number of a last odd step, are zero or unused.
  struct BFloat16Panels<Kernel: BFloat16Kernel> {
    static var width: Int { Int(SFG_PAIR_COLUMNS) }

    let columns: Int
    /// Steps of two terms.
    let steps: Int
    private let memory: PairWords

    /// Describes panels of so many columns, with sums of `inner` terms, in memory of the caller.
    init(columns: Int, inner: Int, memory: PairWords) {
      self.columns = columns
      steps = (inner + 1) / 2
      self.memory = memory
    }

    /// Words that the panels occupy.
    static func words(columns: Int, inner: Int) -> Int {
      count(columns: columns) * stride(steps: (inner + 1) / 2)
    }

    static func count(columns: Int) -> Int { (columns + width - 1) / width }

    private static func stride(steps: Int) -> Int { oddLines(steps * width) }

    /// The number of panels.
    var count: Int { Self.count(columns: columns) }

    /// The columns of a panel.
    func columns(of panel: Int) -> Range<Int> {
      panel * Self.width..<min(columns, (panel + 1) * Self.width)
    }

    /// Packs all panels of `b`, `[k, n]`: rows are read from end to end.
    func pack(_ b: MatrixView) {
      Kernel.packColumns(b.rounded, panel: Self.stride(steps: steps), to: memory)
    }

    /// Packs one panel of `b`, `[k, n]`, or of its transpose.
    func pack(_ b: MatrixView, transposing: Bool, panel: Int) {
      let (columns, start) = (columns(of: panel), base(of: panel))
      guard transposing else {
        return Kernel.packColumns(
          b.columns(columns).rounded, panel: Self.stride(steps: steps), to: start)
      }
      for column in columns {
        Kernel.packColumn(
          b.row(column), count: b.columns, to: start + (column - columns.lowerBound))
      }
    }

    private func base(of panel: Int) -> PairWords { memory + panel * Self.stride(steps: steps) }

    /// `c += a·b`, or `c = a·b`, for some rows and the columns of one panel: each sum is taken in
    /// registers, in the order of its terms.
    func multiply(
      _ a: BFloat16Rows<Kernel>, panel: Int, rows: Range<Int>, into c: MatrixView,
      overwriting: Bool
    ) {
      let columns = columns(of: panel)
      Kernel.multiply(
        a.from(row: rows.lowerBound), rows: rows.count, base(of: panel), steps: steps,
        into: sfg_pair_target(
          base: c.row(rows.lowerBound) + columns.lowerBound, stride: c.stride,
          columns: columns.count, adding: overwriting ? 0 : 1))
    }
  }

  /// One k-block of a product's first operand, rounded and packed.
  struct BFloat16Rows<Kernel: BFloat16Kernel> {
    /// Rows of a block, which a micro-tile sums at once.
    static var height: Int { Int(SFG_PAIR_ROWS) }

    private let layout: sfg_pair_rows

    /// Packs `[m, k]`: row by row, each with the pairs of its neighbours.
    init(_ a: MatrixView, memory: PairWords) {
      let stride = Self.rowStride(inner: a.columns)
      for row in 0..<a.rows {
        Kernel.packRow(a.row(row), count: a.columns, to: memory + row * stride)
      }
      layout = sfg_pair_rows(
        words: memory, block: Self.height * stride, row: stride, step: 1)
    }

    /// Packs the transpose of `[k, m]`: blocks of rows, each with the pairs of one step side by
    /// side.
    init(transposing a: MatrixView, memory: PairWords) {
      let stride = Self.blockStride(inner: a.rows)
      Kernel.packTranspose(a.rounded, block: stride, to: memory)
      layout = sfg_pair_rows(words: memory, block: stride, row: 1, step: Self.height)
    }

    /// Words that rows occupy.
    static func words(rows: Int, inner: Int) -> Int { rows * rowStride(inner: inner) }

    /// Words that the blocks of a transpose with so many columns occupy.
    static func words(transposed columns: Int, inner: Int) -> Int {
      (columns + height - 1) / height * blockStride(inner: inner)
    }

    private static func rowStride(inner: Int) -> Int { oddLines((inner + 1) / 2) }

    /// Stores of the last step reach four words beyond it.
    private static func blockStride(inner: Int) -> Int {
      oddLines((inner + 1) / 2 * height + (line - height))
    }

    /// The rows from the first of a block.
    func from(row: Int) -> sfg_pair_rows {
      assert(row % Self.height == 0, "BFloat16Rows: row \(row) is inside a block")
      var rows = layout
      rows.words += row / Self.height * rows.block
      return rows
    }
  }
#endif
