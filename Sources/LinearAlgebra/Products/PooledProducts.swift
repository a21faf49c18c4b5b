import Platform

/// Matrix products divided among a pool's threads, with the memory that operands are packed into.
///
/// Threads write disjoint parts of the result, and every element is one sum in the order of k, in
/// k-blocks of at most `ProductBlocking.maxSteps` terms, so the bits do not depend on the threads.
public final class PooledProducts {
  private let pool: WorkerPool
  /// Whether each thread packs its own operands of a sum over a batch.
  private let packsPerThread: Bool
  private var capacity = 0
  private lazy var operands = Matrix(rows: 1, columns: capacity)

  /// Creates products on a pool's threads; call `reserve` for each shape, then `allocate`.
  public convenience init(pool: WorkerPool) {
    self.init(pool: pool, packsPerThread: ProductRows.readsTransposeInPlace)
  }

  init(pool: WorkerPool, packsPerThread: Bool) {
    self.pool = pool
    self.packsPerThread = packsPerThread
  }

  /// Reserves room for the operands of a product of `rows × columns` sums of at most `inner` terms.
  public func reserve(rows: Int, columns: Int, inner: Int, transposingA: Bool = false) {
    // Sums of fewer terms may have longer k-blocks, up to this many terms.
    let inner = min(inner, ProductBlocking.maxSteps)
    let blocking = ProductBlocking(
      rows: rows, columns: columns, inner: inner, transposingA: transposingA,
      threads: pool.threads)
    let ofThreads = pool.threads * TransposedProduct.elements(inner: inner)
    capacity = max(capacity, transposingA && packsPerThread ? ofThreads : blocking.elements)
  }

  /// Reserves scratch memory of `elements` for use between two products.
  func reserve(elements: Int) { capacity = max(capacity, elements) }

  /// Scratch memory within what was reserved; a product overwrites as much of it as it packs.
  func memory(from first: Int, rows: Int, columns: Int) -> MatrixView {
    precondition(
      first + rows * columns <= operands.count,
      "PooledProducts: no room for \(rows)×\(columns) from \(first)")
    return MatrixView(base: operands.base + first, rows: rows, columns: columns, stride: columns)
  }

  /// Allocates what was reserved, so that no step allocates.
  public func allocate() { _ = operands }

  /// `c += a·b`, or `c = a·b` if `overwriting`.
  ///
  /// Shapes: `a` is `[m, k]`, `b` is `[k, n]`, `c` is `[m, n]`; with `transposingA`
  /// (`transposingB`) the stored matrix is the transpose. `finish` is called with each tile of
  /// `c`'s rows as soon as it is written, on the thread that wrote it, while the tile is in its
  /// cache; with `transposingA` it may be called once with all rows.
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
    if transposingA, packsPerThread {
      multiplyTransposed(a, b, transposingB, inner, into: c, overwriting: overwriting)
      return finish(0..<c.rows)
    }
    let blocking = ProductBlocking(
      rows: c.rows, columns: c.columns, inner: inner, transposingA: transposingA,
      threads: pool.threads)
    precondition(
      blocking.elements <= operands.count,
      "PooledProducts: no room for \(c.rows)×\(inner) by \(inner)×\(c.columns)")
    let job = ProductJob(
      blocking: blocking, a: a, transposingA: transposingA, b: b, transposingB: transposingB,
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
      "PooledProducts: no room for sums of \(inner) terms on each thread")
    let product = TransposedProduct(
      a: a, b: b, transposingB: transposingB, c: c, overwriting: overwriting,
      cut: TransposedProduct.Cut(rows: c.rows, columns: c.columns, threads: pool.threads))
    pool.share(product.cut.tasks) { task, thread in
      product.run(task, memory: operands.base + thread * elements)
    }
  }

  /// A single column of results: inner products of contiguous rows.
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

/// One product, divided into stages: for each k-block, tasks that pack operands, then tiles.
///
/// The second operand is packed into panels that all tiles read, and so is the first one if it is
/// transposed; otherwise the first operand is read in place.
struct ProductJob {
  let blocking: ProductBlocking
  let a: MatrixView
  let transposingA: Bool
  let b: MatrixView
  let transposingB: Bool
  let c: MatrixView
  let overwriting: Bool
  let memory: UnsafeMutablePointer<Scalar>

  /// The number of tasks of all stages.
  var tasks: Int { blocking.blocks * tasksPerBlock }

  private var tasksPerBlock: Int { blocking.packingTasks + blocking.tiles.count }

  /// The first task of a task's stage: all earlier tasks must have ended.
  func firstOfStage(_ task: Int) -> Int {
    let place = task % tasksPerBlock
    return task - place + (place < blocking.packingTasks ? 0 : blocking.packingTasks)
  }

  /// Runs a task and returns the rows of the result that are complete with it.
  func run(_ task: Int) -> Range<Int>? {
    let (block, place) = task.quotientAndRemainder(dividingBy: tasksPerBlock)
    let steps = blocking.steps(of: block)
    let panels = ProductPanels(
      b, transposing: transposingB, steps: steps, width: ProductBlocking.width, memory: memory)
    let rowPanels = ProductPanels(
      a, transposing: !transposingA, steps: steps, width: ProductRows.height,
      memory: memory + blocking.panels * panels.stride)
    if place < blocking.packingTasks {
      let operand = place < blocking.parts ? panels : rowPanels
      operand.pack(place % blocking.parts)
      return nil
    }
    let rows = blocking.tiles[place - blocking.packingTasks]
    let operand = transposingA ? ProductRows(rowPanels) : ProductRows(a, from: steps.lowerBound)
    for panel in 0..<blocking.panels {
      ProductTiles.multiply(
        operand, panels, panel, rows, into: c, overwriting: overwriting && block == 0)
    }
    return block == blocking.blocks - 1 ? rows : nil
  }
}
