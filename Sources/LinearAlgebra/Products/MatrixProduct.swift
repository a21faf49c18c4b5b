import COpenBLAS

/// The number of threads that OpenBLAS starts when it is loaded, before it reads its environment.
///
/// This takes the place of OpenBLAS's own function. Each of its threads would reserve 128 MB, and
/// spin if the system refuses them; if the system refuses the thread, OpenBLAS ends the process.
@_cdecl("openblas_num_threads_env") public func openBLASThreads() -> Int32 { 1 }

/// The BLAS library that this process uses.
public enum OpenBLAS {
  /// Addresses that OpenBLAS reserves for each thread that calls it; it touches few of them.
  public static let reservedBytes = 128 << 20

  /// Disables OpenBLAS's own threads, which spin between calls and affect the bits of results.
  ///
  /// Every function that calls OpenBLAS reads this first.
  static let onOneThread: Void = openblas_set_num_threads(1)

  /// The version of OpenBLAS and the kernels it selected, such as "OpenBLAS 0.3.21 … Zen".
  public static var description: String {
    String(cString: openblas_get_config()) + " " + coreType
  }

  /// The kernels that OpenBLAS selected: those of this processor, or of `OPENBLAS_CORETYPE`.
  public static var coreType: String { String(cString: openblas_get_corename()) }
}

/// A matrix product on the calling thread, by OpenBLAS: for work that is itself a task of a pool.
public enum MatrixProduct {
  /// `c += a·b`, or `c = a·b` if `overwriting`.
  ///
  /// Shapes: `a` is `[m, k]`, `b` is `[k, n]`, `c` is `[m, n]`; with `transposingA`
  /// (`transposingB`) the stored matrix is the transpose.
  public static func multiply(
    _ a: MatrixView, transposingA: Bool = false, _ b: MatrixView, transposingB: Bool = false,
    into c: MatrixView, overwriting: Bool
  ) {
    let inner = check(a, transposingA, b, transposingB, c)
    guard c.rows > 0, c.columns > 0 else { return }
    OpenBLAS.onOneThread
    let transA = transposingA ? CblasTrans : CblasNoTrans
    let transB = transposingB ? CblasTrans : CblasNoTrans
    let (m, n, k) = (blasint(c.rows), blasint(c.columns), blasint(inner))
    let (lda, ldb, ldc) = (blasint(a.stride), blasint(b.stride), blasint(c.stride))
    let beta: Scalar = overwriting ? 0 : 1
    #if SFG_DOUBLE
      cblas_dgemm(
        CblasRowMajor, transA, transB, m, n, k, 1, a.base, lda, b.base, ldb, beta, c.base, ldc)
    #else
      cblas_sgemm(
        CblasRowMajor, transA, transB, m, n, k, 1, a.base, lda, b.base, ldb, beta, c.base, ldc)
    #endif
  }

  /// Returns `k`, the number of terms of each sum; traps unless the three shapes fit.
  static func check(
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
}
