import LinearAlgebra

/// Numbers that a layer gathers while it trains and reads when it evaluates: checkpointed, never optimised.
public final class RunningStatistic {
  /// The name in checkpoints, as PyTorch would give it.
  public let name: String
  /// The numbers, one row.
  public let value: Matrix

  /// Makes a statistic of `count` elements that starts at `initial`.
  init(name: String, count: Int, initial: Scalar) {
    self.name = name
    value = Matrix(rows: 1, columns: count)
    value.view.fill(initial)
  }
}
