import Platform

/// Cross-moments of two operands whose rows arrive in pairs of batches, in one pass.
///
/// A `JointMomentAccumulator` of two operands; left and right may differ in their number of columns.
public final class CrossMomentAccumulator {
  private let joint: JointMomentAccumulator
  /// Rows added so far.
  public var count: Int { joint.count }

  /// Starts with no rows.
  public init(left: Int, right: Int, pool: WorkerPool) {
    joint = JointMomentAccumulator(columns: [left, right], products: [.init(0, 1)], pool: pool)
  }

  /// Adds rows: row `i` of one operand belongs to row `i` of the other.
  public func add(left leftRows: MatrixView, right rightRows: MatrixView) {
    joint.add([leftRows, rightRows])
  }

  /// The moments of the rows added; no row can be added afterwards without starting anew.
  public func finish() -> CrossMoments { joint.finish().cross(0, 1) }
}
