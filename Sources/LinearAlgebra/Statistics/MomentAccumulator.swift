import Platform

/// Means and covariance of rows that arrive in batches, in one pass and in memory that does not grow.
///
/// Sums run in double over centred blocks (Chan, Golub and LeVeque, 1979). The bits depend on the rows and
/// their order, not on the batches they came in nor on the number of threads.
public final class MomentAccumulator {
  private let block: RowBlock
  private let coMoments: CoMoments
  private let pool: WorkerPool
  /// Rows added so far.
  public private(set) var count = 0

  /// Starts with no rows.
  public init(columns: Int, pool: WorkerPool) {
    block = RowBlock(columns: columns)
    coMoments = CoMoments(left: columns, right: columns, symmetric: true)
    self.pool = pool
  }

  /// Adds rows: a `[rows, columns]` view.
  public func add(_ rows: MatrixView) {
    precondition(
      rows.columns == block.columns,
      "MomentAccumulator: \(rows.columns) columns, expected \(block.columns)")
    var done = 0
    while done < rows.rows {
      done += block.take(rows, from: done, pool: pool)
      if block.rows == RowBlock.height { fold() }
    }
  }

  /// The moments of the rows added; no row can be added afterwards without starting anew.
  public func finish() -> Moments {
    if block.rows > 0 { fold() }
    return Moments(
      columns: ColumnMoments(
        count: count, means: block.means, squaredDeviations: block.squaredDeviations),
      coMoments: coMoments.matrix)
  }

  private func fold() {
    block.centre(after: count, pool: pool)
    coMoments.add(block, block, after: count, pool: pool)
    count += block.rows
    block.clear()
  }
}

/// What a `MomentAccumulator` found.
public struct Moments: Equatable, Sendable {
  /// Means and spreads by column.
  public let columns: ColumnMoments
  /// `Σ (x − mean)ᵀ(x − mean)`.
  public let coMoments: DoubleMatrix

  /// Rows counted.
  public var count: Int { columns.count }

  /// The biased covariance: `Σ (x − mean)ᵀ(x − mean) / n`.
  public var covariance: DoubleMatrix { divided(by: Double(max(count, 1)), addingMeans: false) }

  /// The uncentred second moments: `Σ xᵀx / n`.
  public var gram: DoubleMatrix { divided(by: Double(max(count, 1)), addingMeans: true) }

  private func divided(by divisor: Double, addingMeans: Bool) -> DoubleMatrix {
    var result = coMoments
    for row in 0..<result.rows {
      for column in 0..<result.columns {
        let meanPart = addingMeans ? columns.means[row] * columns.means[column] : 0
        result[row, column] = result[row, column] / divisor + meanPart
      }
    }
    return result
  }
}
