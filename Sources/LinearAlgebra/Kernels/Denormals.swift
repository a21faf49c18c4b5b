import CVector

/// Numbers below the smallest with all its digits, 1.2e-38 for floats: some processors take ten times as long for them.
public enum Denormals {
  /// Runs `body` with such operands and results taken for zero, on this thread.
  ///
  /// A regulariser without a gradient against it brings a weight there in a few hundred steps, and its moments with it.
  @inline(__always)
  public static func flushed<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = sfg_flush_denormals()
    defer { sfg_restore_denormals(before) }
    return try body()
  }
}
