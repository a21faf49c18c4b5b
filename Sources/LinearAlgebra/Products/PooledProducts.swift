import Platform

/// Matrix products divided among a pool's threads, with the memory that operands are packed into.
///
/// Threads write disjoint parts of the result, and every element is one sum in the order of k, in
/// k-blocks of at most `ProductBlocking.maxSteps` terms, so the bits do not depend on the threads.
/// Sums over a batch are taken piece by piece and added as a tree.
public final class PooledProducts {
  private let pool: WorkerPool
  private let share: BatchShare
  /// Whether each thread packs its own operands of a sum over a batch.
  private let packsPerThread: Bool
  private var capacity = 0
  private lazy var operands = Matrix(rows: 1, columns: capacity)

  /// Creates products on a pool's threads; call `reserve` for each shape, then `allocate`.
  public convenience init(pool: WorkerPool, share: BatchShare = BatchShare()) {
    self.init(pool: pool, share: share, packsPerThread: ProductRows.readsTransposeInPlace)
  }

  init(pool: WorkerPool, share: BatchShare = BatchShare(), packsPerThread: Bool) {
    self.pool = pool
    self.share = share
    self.packsPerThread = packsPerThread
  }

  /// Reserves room for the operands of a product of `rows × columns` sums of `inner` terms.
  public func reserve(rows: Int, columns: Int, inner: Int) {
    let blocking = ProductBlocking(
      rows: rows, columns: columns, inner: inner, transposingA: false, threads: pool.threads)
    capacity = max(capacity, blocking.elements)
  }

  /// Reserves room for `rows × columns` sums over batches of up to `batch` rows, each of which has
  /// `vectors` terms.
  public func reserveSums(rows: Int, columns: Int, batch: Int, vectors: Int = 1) {
    let pieces = BatchPieces(rows: batch, vectors: vectors)
    if packsPerThread {
      // Pieces of shorter batches may be longer.
      let longest = BatchPieces(rows: min(batch, BatchPieces.maxRows), vectors: vectors)
      let cut = TransposedProduct.Cut(rows: rows, columns: columns, threads: pool.threads)
      let elements = max(
        TransposedProduct.elements(rows: rows, cut: cut, pieces: pieces),
        TransposedProduct.elements(rows: rows, cut: cut, pieces: longest)
          + (pieces.levels(addsLeaves: false) - 1) * cut.elements(rows: rows))
      capacity = max(capacity, pool.threads * elements)
    } else {
      let blocking = blockingOfSums(
        rows: rows, columns: columns,
        inner: min(batch * vectors, ProductBlocking.maxSteps))
      capacity = max(
        capacity,
        blocking.elements + (pieces.levels(addsLeaves: false) - 1) * rows * columns)
    }
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
  /// Shapes: `a` is `[m, k]`, `b` is `[k, n]`, or `[n, k]` with `transposingB`, `c` is `[m, n]`.
  /// `finish` is called with each tile of `c`'s rows as soon as it is written, on the thread that
  /// wrote it, while the tile is in its cache.
  public func multiply(
    _ a: MatrixView, _ b: MatrixView, transposingB: Bool = false, into c: MatrixView,
    overwriting: Bool, finish: (Range<Int>) -> Void = { _ in }
  ) {
    let inner = MatrixProduct.check(a, false, b, transposingB, c)
    if c.columns == 1, transposingB {
      let tiles = ProductTiles(rows: c.rows, steps: inner, threads: pool.threads)
      pool.run(tiles.count) { tile in
        Self.multiply(a, b.row(0), tiles[tile], into: c, overwriting: overwriting)
        finish(tiles[tile])
      }
      return
    }
    let blocking = ProductBlocking(
      rows: c.rows, columns: c.columns, inner: inner, transposingA: false, threads: pool.threads)
    checkRoom(blocking.elements, c, inner)
    let job = ProductJob(
      blocking: blocking, a: a, transposingA: false, b: b, transposingB: transposingB, c: c,
      overwriting: overwriting, memory: operands.base)
    pool.run(job.tasks, after: job.firstOfStage) { task in
      if let written = job.run(task) { finish(written) }
    }
  }

  /// `c += aᵀ·b`, or `c = aᵀ·b` if `overwriting`: sums over this process's rows of a batch, whose
  /// pieces are added as a tree.
  ///
  /// Shapes: `a` is `[batch · vectors, m]`, `b` is `[batch · vectors, n]`, `c` is `[m, n]`.
  public func sum(
    _ a: MatrixView, _ b: MatrixView, vectors: Int = 1, into c: MatrixView, overwriting: Bool
  ) {
    _ = MatrixProduct.check(a, true, b, false, c)
    let pieces = share.pieces(rows: a.rows, vectors: vectors)
    guard packsPerThread else {
      return sumOnSharedPanels(a, b, pieces, into: c, overwriting: overwriting)
    }
    let cut = TransposedProduct.Cut(rows: c.rows, columns: c.columns, threads: pool.threads)
    let elements = TransposedProduct.elements(rows: c.rows, cut: cut, pieces: pieces)
    checkRoom(pool.threads * elements, c, a.rows)
    let product = TransposedProduct(
      a: a, b: b, c: c, overwriting: overwriting, pieces: pieces, cut: cut)
    pool.share(cut.tasks) { task, thread in
      product.run(task, memory: operands.base + thread * elements)
    }
  }

  /// The same where all threads read the same packed operands.
  private func sumOnSharedPanels(
    _ a: MatrixView, _ b: MatrixView, _ pieces: BatchPieces, into c: MatrixView, overwriting: Bool
  ) {
    let longest = blockingOfSums(rows: c.rows, columns: c.columns, inner: pieces.longest)
    let count = c.rows * c.columns
    checkRoom(longest.elements + (pieces.levels(addsLeaves: false) - 1) * count, c, a.rows)
    func target(_ level: Int) -> MatrixView {
      guard level > 0 else { return c }
      return MatrixView(
        base: operands.base + longest.elements + (level - 1) * count, rows: c.rows,
        columns: c.columns, stride: c.columns)
    }
    pieces.sum(addsLeaves: pieces.longest <= ProductBlocking.maxSteps) { piece, level, starts in
      let rows = pieces[piece]
      let job = ProductJob(
        blocking: blockingOfSums(rows: c.rows, columns: c.columns, inner: rows.count),
        a: a.rows(rows), transposingA: true, b: b.rows(rows), transposingB: false,
        c: target(level), overwriting: level == 0 ? overwriting && piece == 0 : starts,
        memory: operands.base)
      pool.run(job.tasks, after: job.firstOfStage) { _ = job.run($0) }
    } merge: { level in
      pool.tiles(of: c.rows, size: 64) { target(level).rows($0).add(target(level + 1).rows($0)) }
    }
  }

  private func blockingOfSums(rows: Int, columns: Int, inner: Int) -> ProductBlocking {
    ProductBlocking(
      rows: rows, columns: columns, inner: inner, transposingA: true, threads: pool.threads)
  }

  private func checkRoom(_ elements: Int, _ c: MatrixView, _ inner: Int) {
    precondition(
      elements <= operands.count,
      "PooledProducts: no room for \(c.rows)×\(c.columns) sums of \(inner) terms")
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
