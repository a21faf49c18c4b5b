import CVector

/// How the rows of a result are cut into tiles, and what fills one.
///
/// The cut depends on the number of rows alone.
struct ProductTiles {
  /// Rows of the result.
  let rows: Int
  /// How many tiles there are.
  let count: Int

  /// About 256 rows a tile, which then stays in the second cache; short results in eight, for threads to share.
  init(rows: Int) {
    self.rows = rows
    let most = (rows + Self.height - 1) / Self.height
    count = min(most, rows >= 1024 ? (rows + 1023) / 1024 * 4 : 8)
  }

  /// The rows of a tile.
  subscript(tile: Int) -> Range<Int> { bound(tile)..<bound(tile + 1) }

  /// Rows that are summed at once.
  private static let height = Int(SFG_TILE_ROWS)

  private func bound(_ tile: Int) -> Int {
    let blocks = (rows + Self.height - 1) / Self.height
    return min(rows, tile * blocks / count * Self.height)
  }

  /// Adds, or puts, `alpha · a·b` for some rows and the columns of one panel.
  func multiply(
    _ a: StridedOperand, _ panels: ProductPanels, _ panel: Int, _ rows: Range<Int>,
    into c: MatrixView, scale: Scalar, overwriting: Bool
  ) {
    let columns = panels.columns(of: panel)
    let block = Block(
      a: a.from(row: rows.lowerBound, step: panels.steps.lowerBound),
      panel: panels.base(of: panel), inner: panels.steps.count, rows: rows.count,
      c: ProductTarget(
        base: c.row(rows.lowerBound) + columns.lowerBound, stride: c.stride,
        columns: columns.count, scale: scale, overwriting: overwriting))
    switch panels.width(of: panel) {
    case 32: block.run(JoinedChunk<SIMD16<Scalar>, SIMD16<Scalar>>.self)
    case 16: block.run(SIMD16<Scalar>.self)
    case 8: block.run(SIMD8<Scalar>.self)
    case 4: block.run(SIMD4<Scalar>.self)
    case 2: block.run(SIMD2<Scalar>.self)
    case _ where a.step == 1: block.runDots()
    default: block.run(Scalar.self)
    }
  }

  /// Some rows by one panel.
  private struct Block {
    let a: StridedOperand
    let panel: UnsafePointer<Scalar>
    let inner: Int
    let rows: Int
    let c: ProductTarget

    /// A single column by rows that lie side by side: an inner product each.
    func runDots() {
      for row in 0..<rows {
        let sum = VectorKernels.dot(a.base + row * a.row, panel, count: inner)
        c.from(row: row).putNarrow(Scalar(sum), row: 0)
      }
    }

    /// As many rows at once as the registers hold; what is left over in fours, twos and ones.
    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type) {
      var row = 0
      while row < rows {
        let (a, c) = (a.from(row: row, step: 0), c.from(row: row))
        switch rows - row {
        case 12... where ProductTiles.height == 12:
          ProductTile<6, 6, Chunk>.run(a, panel, inner: inner, into: c)
          row += 12
        case 6... where ProductTiles.height == 6:
          ProductTile<6, 0, Chunk>.run(a, panel, inner: inner, into: c)
          row += 6
        case 4...:
          ProductTile<4, 0, Chunk>.run(a, panel, inner: inner, into: c)
          row += 4
        case 2...:
          ProductTile<2, 0, Chunk>.run(a, panel, inner: inner, into: c)
          row += 2
        default:
          ProductTile<1, 0, Chunk>.run(a, panel, inner: inner, into: c)
          row += 1
        }
      }
    }
  }
}
