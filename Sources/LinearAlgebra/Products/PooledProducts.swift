import CVector
import Platform

/// Matrix products shared out among a pool's threads, with the memory that their second operands are laid out in.
///
/// That operand is laid out in panels once a product, which every thread then reads; the first one is read where it
/// lies. What each thread writes are fixed tiles of the result, and an element is one sum in the order of k, in pieces of
/// `ProductPanels`' steps: so its bits depend neither on the threads nor on the tile.
public final class PooledProducts {
  /// Terms of a sum that are added in registers before they are added to the result.
  static let mostSteps = 1024

  private let pool: WorkerPool
  private var capacity = 0
  private lazy var memory = Matrix(rows: 1, columns: capacity)

  /// Products on a pool's threads; room for their operands is reserved next.
  public init(pool: WorkerPool) { self.pool = pool }

  /// Makes sure that there will be room for a second operand of `inner × columns`.
  public func reserve(inner: Int, columns: Int) {
    capacity = max(
      capacity, ProductPanels.elements(steps: min(inner, Self.mostSteps), columns: columns))
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
    let operand = StridedOperand(a, transposing: transposingA)
    let tiles = ProductTiles(rows: c.rows)
    let pieces = max(1, (inner + Self.mostSteps - 1) / Self.mostSteps)
    let room = ProductPanels.elements(steps: (inner + pieces - 1) / pieces, columns: c.columns)
    precondition(room <= memory.count, "PooledProducts: no room for \(inner)×\(c.columns)")
    // Each piece of the sums is a stage that lays out panels and one that multiplies by them.
    let panelCount = ProductPanels.count(columns: c.columns)
    let tasks = panelCount + tiles.count
    pool.run(
      pieces * tasks,
      after: { $0 / tasks * tasks + ($0 % tasks < panelCount ? 0 : panelCount) }
    ) { task in
      let piece = task / tasks
      let panels = ProductPanels(
        b, transposing: transposingB, steps: piece * inner / pieces..<(piece + 1) * inner / pieces,
        memory: memory.base)
      guard task % tasks >= panelCount else { return panels.lay(task % tasks) }
      let rows = tiles[task % tasks - panelCount]
      for panel in 0..<panelCount {
        tiles.multiply(
          operand, panels, panel, rows, into: c, scale: alpha,
          overwriting: overwriting && piece == 0)
      }
      if piece == pieces - 1 { finish(rows) }
    }
  }
}
