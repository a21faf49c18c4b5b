import CVector

#if SFG_DOUBLE
  /// The element type of every model: double precision, in builds that check gradients.
  public typealias Scalar = Double
#else
  /// The element type of every model: single precision, as the reference implementations train.
  public typealias Scalar = Float
#endif

/// Denormal numbers, below 1.2e-38 for floats: some processors take ten times as long for them.
public enum Denormals {
  /// Runs `body` with denormal operands and results replaced by zero, on this thread.
  ///
  /// A regulariser without an opposing gradient makes a weight denormal in a few hundred steps.
  @inline(__always)
  public static func flushed<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = sfg_flush_denormals()
    defer { sfg_restore_denormals(before) }
    return try body()
  }
}
