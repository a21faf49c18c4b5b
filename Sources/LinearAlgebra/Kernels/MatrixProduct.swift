import COpenBLAS
import Platform

/// Matrix products on OpenBLAS, split into fixed tiles of the result.
///
/// A tile's bits depend on its shape alone, never on which thread computed it or how many there are.
/// OpenBLAS itself runs on one thread; ours share out the tiles.
public enum MatrixProduct {
  /// `c += alpha · a·b`, or `c = alpha · a·b` where `overwriting`.
  ///
  /// Shapes: `a` is `[m, k]`, `b` is `[k, n]`, `c` is `[m, n]`; with `transposingA` (`transposingB`) the
  /// stored matrix is the transpose. `finish` gets each tile of `c`'s rows as soon as it is written, on the thread that
  /// wrote it: what follows finds the tile in the cache.
  public static func multiply(
    _ a: MatrixView, transposingA: Bool = false, _ b: MatrixView, transposingB: Bool = false,
    scale alpha: Scalar = 1, into c: MatrixView, overwriting: Bool, pool: WorkerPool,
    finish: (Range<Int>) -> Void = { _ in }
  ) {
    let inner = check(a, transposingA, b, transposingB, c)
    pool.tiles(of: c.rows, size: tileRows(for: c.rows)) { rows in
      let tile = c.rows(rows)
      let aStart = transposingA ? a.base + rows.lowerBound : a.base + rows.lowerBound * a.stride
      gemm(
        transposingA, transposingB, rows.count, c.columns, inner, alpha, aStart, a.stride, b.base,
        b.stride, overwriting ? 0 : 1, tile.base, c.stride)
      finish(rows)
    }
  }

  /// The same product in one piece on the calling thread: for work that is itself a task of a pool.
  public static func multiply(
    _ a: MatrixView, transposingA: Bool = false, _ b: MatrixView, transposingB: Bool = false,
    into c: MatrixView, overwriting: Bool
  ) {
    let inner = check(a, transposingA, b, transposingB, c)
    gemm(
      transposingA, transposingB, c.rows, c.columns, inner, 1, a.base, a.stride, b.base, b.stride,
      overwriting ? 0 : 1, c.base, c.stride)
  }

  /// The length of the sums; traps unless the three shapes fit.
  private static func check(
    _ a: MatrixView, _ transposingA: Bool, _ b: MatrixView, _ transposingB: Bool, _ c: MatrixView
  ) -> Int {
    let inner = transposingA ? a.rows : a.columns
    let aRows = transposingA ? a.columns : a.rows
    let bRows = transposingB ? b.columns : b.rows
    let bColumns = transposingB ? b.rows : b.columns
    precondition(
      inner == bRows && aRows == c.rows && bColumns == c.columns,
      "MatrixProduct: \(aRows)×\(inner) by \(bRows)×\(bColumns) into \(c.rows)×\(c.columns)")
    return inner
  }

  /// Rows of a tile: about 256, in a multiple of four tiles; short results are halved.
  ///
  /// BLAS packs the other operand anew for every tile: halves of a weight's gradient run 10 % faster than quarters.
  static func tileRows(for rows: Int) -> Int {
    let tiles = rows >= 1024 ? (rows + 1023) / 1024 * 4 : 2
    return (rows + 16 * tiles - 1) / (16 * tiles) * 16
  }

  private static func gemm(
    _ transposingA: Bool, _ transposingB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Scalar,
    _ a: UnsafePointer<Scalar>, _ lda: Int, _ b: UnsafePointer<Scalar>, _ ldb: Int, _ beta: Scalar,
    _ c: UnsafeMutablePointer<Scalar>, _ ldc: Int
  ) {
    guard m > 0, n > 0 else { return }
    OpenBLAS.onOneThread
    let transA = transposingA ? CblasTrans : CblasNoTrans
    let transB = transposingB ? CblasTrans : CblasNoTrans
    #if SFG_DOUBLE
      cblas_dgemm(
        CblasRowMajor, transA, transB, blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda),
        b, blasint(ldb), beta, c, blasint(ldc))
    #else
      cblas_sgemm(
        CblasRowMajor, transA, transB, blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda),
        b, blasint(ldb), beta, c, blasint(ldc))
    #endif
  }
}
