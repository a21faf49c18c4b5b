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
  /// stored matrix is the transpose.
  public static func multiply(
    _ a: MatrixView, transposingA: Bool = false, _ b: MatrixView, transposingB: Bool = false,
    scale alpha: Scalar = 1, into c: MatrixView, overwriting: Bool, pool: WorkerPool
  ) {
    let inner = transposingA ? a.rows : a.columns
    let aRows = transposingA ? a.columns : a.rows
    let bRows = transposingB ? b.columns : b.rows
    let bColumns = transposingB ? b.rows : b.columns
    precondition(
      inner == bRows && aRows == c.rows && bColumns == c.columns,
      "MatrixProduct: \(aRows)×\(inner) by \(bRows)×\(bColumns) into \(c.rows)×\(c.columns)")
    guard c.rows > 0, c.columns > 0 else { return }
    OpenBLAS.onOneThread
    pool.tiles(of: c.rows, size: tileRows(for: c.rows)) { rows in
      let tile = c.rows(rows)
      let aStart = transposingA ? a.base + rows.lowerBound : a.base + rows.lowerBound * a.stride
      gemm(
        transposingA, transposingB, rows.count, c.columns, inner, alpha, aStart, a.stride, b.base,
        b.stride, overwriting ? 0 : 1, tile.base, c.stride)
    }
  }

  /// Rows of a tile: long results are cut every 256 rows, short ones into four.
  static func tileRows(for rows: Int) -> Int {
    rows >= 1024 ? 256 : max(16, (rows + 63) / 64 * 16)
  }

  private static func gemm(
    _ transposingA: Bool, _ transposingB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Scalar,
    _ a: UnsafePointer<Scalar>, _ lda: Int, _ b: UnsafePointer<Scalar>, _ ldb: Int, _ beta: Scalar,
    _ c: UnsafeMutablePointer<Scalar>, _ ldc: Int
  ) {
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
