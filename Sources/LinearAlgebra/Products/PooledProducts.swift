import CVector
import Platform

/// Matrix products shared out among a pool's threads, with the memory that operands are laid out in.
///
/// The second operand, and the first where it is transposed, are laid out in panels once a product, which every thread
/// then reads; any other first one is read where it lies. What threads write are fixed tiles of the result, and an element
/// is one sum in the order of k, in pieces of `mostSteps` terms: so its bits depend neither on the threads nor on the tile.
public final class PooledProducts {
  /// Terms of a sum that are added in registers before they are added to the result.
  static let mostSteps = 1024
  /// Columns of a panel of the second operand: two registers full.
  static let width = Int(SFG_PANEL_WIDTH)

  private let pool: WorkerPool
  private var capacity = 0
  private lazy var memory = Matrix(rows: 1, columns: capacity)

  /// Products on a pool's threads; room for their operands is reserved next.
  public init(pool: WorkerPool) { self.pool = pool }

  /// Makes sure that there will be room for the operands of a product of `rows × columns` sums of `inner` terms.
  public func reserve(rows: Int, columns: Int, inner: Int, transposingA: Bool = false) {
    let room = Room(rows: rows, columns: columns, inner: inner, transposingA: transposingA)
    capacity = max(capacity, room.elements)
  }

  /// Allocates what was reserved: before the first step, in which nothing is allocated.
  public func allocate() { _ = memory }

  /// `c += alpha · a·b`, or `c = alpha · a·b` where `overwriting`.
  ///
  /// Shapes: `a` is `[m, k]`, `b` is `[k, n]`, `c` is `[m, n]`; with `transposingA` (`transposingB`) the
  /// stored matrix is the transpose. `finish` gets each tile of `c`'s rows as soon as it is written, on the thread that
  /// wrote it: what follows finds the tile in the cache.
  public func multiply(
    _ a: MatrixView, transposingA: Bool = false, _ b: MatrixView, transposingB: Bool = false,
    scale alpha: Scalar = 1, into c: MatrixView, overwriting: Bool,
    finish: (Range<Int>) -> Void = { _ in }
  ) {
    let inner = MatrixProduct.check(a, transposingA, b, transposingB, c)
    let tiles = ProductTiles(rows: c.rows)
    if c.columns == 1, !transposingA, transposingB {
      pool.run(tiles.count) { tile in
        Self.multiply(a, b.row(0), scale: alpha, tiles[tile], into: c, overwriting: overwriting)
        finish(tiles[tile])
      }
      return
    }
    let room = Room(rows: c.rows, columns: c.columns, inner: inner, transposingA: transposingA)
    precondition(
      room.elements <= memory.count, "PooledProducts: no room for \(a.rows)×\(a.columns)")
    let base = memory.base
    // Each piece of the sums is a stage that lays out panels and one that multiplies by them.
    let parts = room.parts
    let layers = transposingA ? 2 * parts : parts
    let tasks = layers + tiles.count
    pool.run(
      room.pieces * tasks, after: { $0 / tasks * tasks + ($0 % tasks < layers ? 0 : layers) }
    ) { task in
      let (piece, place) = (task / tasks, task % tasks)
      let steps = room.steps(of: piece)
      let panels = ProductPanels(
        b, transposing: transposingB, steps: steps, width: Self.width, memory: base)
      let rowPanels = ProductPanels(
        a, transposing: !transposingA, steps: steps, width: ProductRows.height,
        memory: base + room.panels * panels.stride)
      if place < layers { return (place < parts ? panels : rowPanels).lay(place % parts) }
      let rows = tiles[place - layers]
      for panel in 0..<room.panels {
        ProductTiles.multiply(
          transposingA ? ProductRows(rowPanels) : ProductRows(a, from: steps.lowerBound),
          panels, panel, rows, into: c, scale: alpha, overwriting: overwriting && piece == 0)
      }
      if piece == room.pieces - 1 { finish(rows) }
    }
  }

  /// A single column: inner products of rows that lie side by side.
  private static func multiply(
    _ a: MatrixView, _ b: UnsafePointer<Scalar>, scale: Scalar, _ rows: Range<Int>,
    into c: MatrixView, overwriting: Bool
  ) {
    for row in rows {
      let sum = scale * Scalar(VectorKernels.dot(a.row(row), b, count: a.columns))
      c[row, 0] = overwriting ? sum : c[row, 0] + sum
    }
  }
}

/// How the sums of a product are cut into pieces, and what its panels take.
private struct Room {
  let inner: Int
  let pieces: Int
  /// Panels of the second operand.
  let panels: Int
  /// Panels of the first one: none where it is read as it lies.
  let rowPanels: Int

  init(rows: Int, columns: Int, inner: Int, transposingA: Bool) {
    self.inner = inner
    pieces = max(1, (inner + PooledProducts.mostSteps - 1) / PooledProducts.mostSteps)
    panels = ProductPanels.count(columns: columns, width: PooledProducts.width)
    rowPanels =
      transposingA ? ProductPanels.count(columns: rows, width: ProductRows.height) : 0
  }

  /// The terms of a piece.
  func steps(of piece: Int) -> Range<Int> {
    piece * inner / pieces..<(piece + 1) * inner / pieces
  }

  /// Parts that the panels of a piece are laid out in; pieces differ by a step at most.
  var parts: Int { ProductPanels.parts(steps: (inner + pieces - 1) / pieces) }

  var elements: Int {
    (inner + pieces - 1) / pieces
      * (panels * PooledProducts.width + rowPanels * ProductRows.height)
  }
}
