import COpenBLAS
import LinearAlgebra
import Platform

/// One product by sgemm, cut along its result's rows into as many pieces as there are threads.
enum SgemmPieces {
  enum Reading { case plain, transposed }

  /// The pool's threads are the only ones: BLAS's own would spin beside whatever is measured next.
  private static let onOneThread: Void = openblas_set_num_threads(1)

  /// `c = a·b`, where `c` is `m × n` and sums have `k` terms.
  static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: Matrix, _ readingA: Reading, _ b: Matrix,
    _ readingB: Reading, _ c: Matrix, _ pool: WorkerPool
  ) {
    Self.onOneThread
    let piece = (m + pool.threads - 1) / pool.threads
    pool.tiles(of: m, size: (piece + 7) / 8 * 8) { rows in
      let start = readingA == .transposed ? rows.lowerBound : rows.lowerBound * a.columns
      cblas_sgemm(
        CblasRowMajor, readingA == .transposed ? CblasTrans : CblasNoTrans,
        readingB == .transposed ? CblasTrans : CblasNoTrans, blasint(rows.count), blasint(n),
        blasint(k), 1, a.base + start, blasint(a.columns), b.base, blasint(b.columns), 0,
        c.base + rows.lowerBound * c.columns, blasint(c.columns))
    }
  }
}
