import Platform

/// Matrix products shared out among a pool's threads, with the memory that operands are laid out in.
///
/// What threads write are parts of the result, and an element is one sum in the order of k, in pieces of
/// `ProductLayout.mostSteps` terms: so its bits depend neither on the threads nor on the parts.
public final class PooledProducts {
  private let pool: WorkerPool
  /// Whether each thread lays out what it needs of a sum over a batch by itself.
  private let sharesNothing: Bool
  private var capacity = 0
  private lazy var operands = Matrix(rows: 1, columns: capacity)

  /// Products on a pool's threads; room for their operands is reserved next.
  public convenience init(pool: WorkerPool) {
    self.init(pool: pool, sharesNothing: ProductRows.readsColumns)
  }

  init(pool: WorkerPool, sharesNothing: Bool) {
    self.pool = pool
    self.sharesNothing = sharesNothing
  }

  /// Makes sure that there will be room for the operands of a product of `rows × columns` sums of at most `inner` terms.
  public func reserve(rows: Int, columns: Int, inner: Int, transposingA: Bool = false) {
    // The most that a piece has: fewer terms may come in longer pieces.
    let inner = min(inner, ProductLayout.mostSteps)
    let layout = ProductLayout(
      rows: rows, columns: columns, inner: inner, transposingA: transposingA,
      threads: pool.threads)
    let ofThreads = pool.threads * TransposedProduct.elements(inner: inner)
    capacity = max(capacity, transposingA && sharesNothing ? ofThreads : layout.elements)
  }

  /// Makes sure that there will be so many elements for whoever works between two products.
  func reserve(elements: Int) { capacity = max(capacity, elements) }

  /// Rows within what was reserved: nobody's between two products, and behind a product's own layout always.
  func memory(from first: Int, rows: Int, columns: Int) -> MatrixView {
    precondition(
      first + rows * columns <= operands.count,
      "PooledProducts: no room for \(rows)×\(columns) from \(first)")
    return MatrixView(
      base: operands.base + first, rows: rows, columns: columns, stride: columns)
  }

  /// Allocates what was reserved: before the first step, in which nothing is allocated.
  public func allocate() { _ = operands }

  /// `c += a·b`, or `c = a·b` where `overwriting`.
  ///
  /// Shapes: `a` is `[m, k]`, `b` is `[k, n]`, `c` is `[m, n]`; with `transposingA` (`transposingB`) the
  /// stored matrix is the transpose. `finish` gets each tile of `c`'s rows as soon as it is written, on the thread that
  /// wrote it: what follows finds the tile in the cache. With `transposingA` it may get all of them at the end.
  public func multiply(
    _ a: MatrixView, transposingA: Bool = false, _ b: MatrixView, transposingB: Bool = false,
    into c: MatrixView, overwriting: Bool,
    finish: (Range<Int>) -> Void = { _ in }
  ) {
    let inner = MatrixProduct.check(a, transposingA, b, transposingB, c)
    if c.columns == 1, !transposingA, transposingB {
      let tiles = ProductTiles(rows: c.rows, steps: inner, threads: pool.threads)
      pool.run(tiles.count) { tile in
        Self.multiply(a, b.row(0), tiles[tile], into: c, overwriting: overwriting)
        finish(tiles[tile])
      }
      return
    }
    if transposingA, sharesNothing {
      multiplyTransposed(a, b, transposingB, inner, into: c, overwriting: overwriting)
      return finish(0..<c.rows)
    }
    let layout = ProductLayout(
      rows: c.rows, columns: c.columns, inner: inner, transposingA: transposingA,
      threads: pool.threads)
    precondition(
      layout.elements <= operands.count,
      "PooledProducts: no room for \(c.rows)×\(inner) by \(inner)×\(c.columns)")
    let job = ProductJob(
      layout: layout, a: a, transposingA: transposingA, b: b, transposingB: transposingB,
      c: c, overwriting: overwriting, memory: operands.base)
    pool.run(job.tasks, after: job.firstOfStage) { task in
      if let written = job.run(task) { finish(written) }
    }
  }

  private func multiplyTransposed(
    _ a: MatrixView, _ b: MatrixView, _ transposingB: Bool, _ inner: Int, into c: MatrixView,
    overwriting: Bool
  ) {
    let elements = TransposedProduct.elements(inner: inner)
    precondition(
      pool.threads * elements <= operands.count,
      "PooledProducts: no room for \(inner) terms a sum on each thread")
    let product = TransposedProduct(
      a: a, b: b, transposingB: transposingB, c: c, overwriting: overwriting,
      cut: TransposedProduct.Cut(rows: c.rows, columns: c.columns, threads: pool.threads))
    pool.share(product.cut.tasks) { task, thread in
      product.run(task, memory: operands.base + thread * elements)
    }
  }

  /// A single column: inner products of rows that lie side by side.
  private static func multiply(
    _ a: MatrixView, _ b: UnsafePointer<Scalar>, _ rows: Range<Int>,
    into c: MatrixView, overwriting: Bool
  ) {
    for row in rows {
      let sum = Scalar(VectorKernels.dot(a.row(row), b, count: a.columns))
      c[row, 0] = overwriting ? sum : c[row, 0] + sum
    }
  }
}
