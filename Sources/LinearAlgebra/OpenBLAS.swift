import COpenBLAS

/// The BLAS library this process runs on.
public enum OpenBLAS {
  /// Switches off its own threads, which spin between calls and whose splits change the bits.
  ///
  /// Every kernel reads this before its first call, so that nobody can forget it.
  static let onOneThread: Void = openblas_set_num_threads(1)

  /// Its version and the kernels it chose, such as "OpenBLAS 0.3.21 … Zen".
  public static var description: String {
    String(cString: openblas_get_config()) + " " + String(cString: openblas_get_corename())
  }
}
