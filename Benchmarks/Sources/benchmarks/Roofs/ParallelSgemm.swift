import COpenBLAS
import LinearAlgebra
import Platform

/// One product by sgemm, with the rows of the result divided among the threads.
enum ParallelSgemm {
  enum Reading { case plain, transposed }

  /// OpenBLAS runs on one thread because its own threads would spin during later measurements.
  private static let onOneThread: Void = openblas_set_num_threads(1)

  /// `c = a·b`, where `c` is `m × n` and sums have `k` terms.
  static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: Matrix, _ readingA: Reading, _ b: Matrix,
    _ readingB: Reading, _ c: Matrix, _ pool: WorkerPool
  ) {
    Self.onOneThread
    let part = (m + pool.threads - 1) / pool.threads
    pool.tiles(of: m, size: (part + 7) / 8 * 8) { rows in
      let start = readingA == .transposed ? rows.lowerBound : rows.lowerBound * a.columns
      cblas_sgemm(
        CblasRowMajor, readingA == .transposed ? CblasTrans : CblasNoTrans,
        readingB == .transposed ? CblasTrans : CblasNoTrans, blasint(rows.count), blasint(n),
        blasint(k), 1, a.base + start, blasint(a.columns), b.base, blasint(b.columns), 0,
        c.base + rows.lowerBound * c.columns, blasint(c.columns))
    }
  }
}
