import Platform

/// Means and covariance of rows that arrive in batches, in one pass and in memory that does not grow.
///
/// A `JointMomentAccumulator` of one operand.
public final class MomentAccumulator {
  private let joint: JointMomentAccumulator
  /// Rows added so far.
  public var count: Int { joint.count }

  /// Starts with no rows.
  public init(columns: Int, pool: WorkerPool) {
    joint = JointMomentAccumulator(columns: [columns], products: [.init(0, 0)], pool: pool)
  }

  /// Adds rows: a `[rows, columns]` view.
  public func add(_ rows: MatrixView) { joint.add([rows]) }

  /// The moments of the rows added; no row can be added afterwards without starting anew.
  public func finish() -> Moments { joint.finish().moments(0) }
}
