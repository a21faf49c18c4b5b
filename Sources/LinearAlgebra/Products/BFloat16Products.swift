#if !SFG_DOUBLE
  import Platform

  /// Matrix products of operands rounded to bfloat16, divided among a pool's threads.
  ///
  /// Every element is one sum in the order of k, two terms per step, in k-blocks of at most
  /// `ProductBlocking.maxSteps` terms that are added to the result one after another, or, over the
  /// pieces of a batch, as a tree: its bits depend neither on the threads nor on the kernel.
  final class BFloat16Products<Kernel: BFloat16Kernel>: BatchProducts {
    private let pool: WorkerPool
    private let share: BatchShare
    private var capacity = 0
    private lazy var memory = WordMemory(capacity)

    /// Creates products on a pool's threads; call `reserve` for each shape, then `allocate`.
    init(pool: WorkerPool, share: BatchShare = BatchShare()) {
      self.pool = pool
      self.share = share
    }

    func reserve(rows: Int, columns: Int, inner: Int) {
      let words = BFloat16RowProduct<Kernel>.words(
        rows: rows, columns: columns, inner: inner, threads: pool.threads)
      capacity = max(capacity, words)
    }

    func reserveSums(rows: Int, columns: Int, batch: Int, vectors: Int) {
      let cut = BFloat16SumProduct<Kernel>.Cut(
        rows: rows, columns: columns, threads: pool.threads)
      // Shorter batches may have longer pieces, but fewer partial sums.
      let longest = BatchPieces(rows: min(batch, BatchPieces.maxRows), vectors: vectors)
      let words =
        BFloat16SumProduct<Kernel>.words(cut, longest)
        + BFloat16SumProduct<Kernel>.words(cut, BatchPieces(rows: batch, vectors: vectors))
      capacity = max(capacity, pool.threads * words)
    }

    func allocate() { _ = memory }

    func multiply(
      _ a: MatrixView, _ b: MatrixView, transposingB: Bool, into c: MatrixView, overwriting: Bool,
      finish: (Range<Int>) -> Void
    ) {
      let inner = MatrixProduct.check(a, false, b, transposingB, c)
      let needed = BFloat16RowProduct<Kernel>.words(
        rows: c.rows, columns: c.columns, inner: inner, threads: pool.threads)
      checkRoom(needed, c, inner)
      let product = BFloat16RowProduct<Kernel>(
        a: a, b: b, transposingB: transposingB, c: c, overwriting: overwriting,
        threads: pool.threads, memory: memory.words)
      pool.share(product.tasks, after: product.firstOfStage) { task, thread in
        if let written = product.run(task, thread) { finish(written) }
      }
    }

    func sum(
      _ a: MatrixView, _ b: MatrixView, vectors: Int, into c: MatrixView, overwriting: Bool
    ) {
      _ = MatrixProduct.check(a, true, b, false, c)
      let pieces = share.pieces(rows: a.rows, vectors: vectors)
      let cut = BFloat16SumProduct<Kernel>.Cut(
        rows: c.rows, columns: c.columns, threads: pool.threads)
      let words = BFloat16SumProduct<Kernel>.words(cut, pieces)
      checkRoom(pool.threads * words, c, a.rows)
      let product = BFloat16SumProduct<Kernel>(
        a: a, b: b, c: c, overwriting: overwriting, pieces: pieces, cut: cut)
      pool.share(cut.tasks) { task, thread in
        product.run(task, memory: memory.words + thread * words)
      }
    }

    private func checkRoom(_ words: Int, _ c: MatrixView, _ inner: Int) {
      precondition(
        words <= capacity,
        "BFloat16Products: no room for \(c.rows)×\(c.columns) sums of \(inner) terms")
    }
  }

  /// Words that begin at a cache line.
  private final class WordMemory {
    let words: PairWords
    private let allocation: PairWords

    init(_ count: Int) {
      let line = 64
      allocation = ZeroedMemory.allocate(count + line / MemoryLayout<UInt32>.size)
      words = UnsafeMutableRawPointer(allocation).alignedUp(toMultipleOf: line)
        .assumingMemoryBound(to: UInt32.self)
    }

    deinit { ZeroedMemory.free(allocation) }
  }
#endif
