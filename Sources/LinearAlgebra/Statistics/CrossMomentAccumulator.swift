import Platform

/// Cross-moments of two operands whose rows arrive in pairs of batches, in one pass.
///
/// Works as `MomentAccumulator` does; left and right may differ in their number of columns.
public final class CrossMomentAccumulator {
  private let left: RowBlock
  private let right: RowBlock
  private let coMoments: CoMoments
  private let pool: WorkerPool
  /// Rows added so far.
  public private(set) var count = 0

  /// Starts with no rows.
  public init(left: Int, right: Int, pool: WorkerPool) {
    self.left = RowBlock(columns: left)
    self.right = RowBlock(columns: right)
    coMoments = CoMoments(left: left, right: right, symmetric: false)
    self.pool = pool
  }

  /// Adds rows: row `i` of one operand belongs to row `i` of the other.
  public func add(left leftRows: MatrixView, right rightRows: MatrixView) {
    precondition(
      leftRows.rows == rightRows.rows && leftRows.columns == left.columns
        && rightRows.columns == right.columns,
      "CrossMomentAccumulator: \(leftRows.rows)×\(leftRows.columns) beside "
        + "\(rightRows.rows)×\(rightRows.columns), expected columns \(left.columns) and \(right.columns)"
    )
    var done = 0
    while done < leftRows.rows {
      let taken = left.take(leftRows, from: done, pool: pool)
      _ = right.take(rightRows, from: done, pool: pool)
      done += taken
      if left.rows == RowBlock.height { fold() }
    }
  }

  /// The moments of the rows added; no row can be added afterwards without starting anew.
  public func finish() -> CrossMoments {
    if left.rows > 0 { fold() }
    func moments(_ block: RowBlock) -> ColumnMoments {
      ColumnMoments(count: count, means: block.means, squaredDeviations: block.squaredDeviations)
    }
    return CrossMoments(left: moments(left), right: moments(right), coMoments: coMoments.matrix)
  }

  private func fold() {
    left.centre(after: count, pool: pool)
    right.centre(after: count, pool: pool)
    coMoments.add(left, right, after: count, pool: pool)
    count += left.rows
    left.clear()
    right.clear()
  }
}

/// What a `CrossMomentAccumulator` found.
public struct CrossMoments: Equatable, Sendable {
  /// Means and spreads of the left operand's columns.
  public let left: ColumnMoments
  /// Means and spreads of the right operand's columns.
  public let right: ColumnMoments
  /// `Σ (a − ā)ᵀ(b − b̄)`, left columns by right columns.
  public let coMoments: DoubleMatrix

  /// Rows counted.
  public var count: Int { left.count }

  /// The Pearson correlation of every left column with every right one.
  ///
  /// `R = z(A)ᵀ z(B) / (n − 1)` with unbiased deviations, in which `n − 1` cancels:
  /// `rᵢⱼ = Σ(aᵢ−āᵢ)(bⱼ−b̄ⱼ) / √(Σ(aᵢ−āᵢ)² · Σ(bⱼ−b̄ⱼ)²)`. A constant column correlates 0 with everything; what
  /// rounding puts beyond ±1 is ±1.
  public var correlation: DoubleMatrix {
    let leftScale = Self.inverseDeviations(left)
    let rightScale = Self.inverseDeviations(right)
    var result = coMoments
    for row in 0..<result.rows {
      for column in 0..<result.columns {
        // The deviations divide one after the other: their product may underflow where neither does.
        let value = result[row, column] * leftScale[row] * rightScale[column]
        let constant = leftScale[row] == 0 || rightScale[column] == 0
        result[row, column] = constant ? 0 : value > 1 ? 1 : value < -1 ? -1 : value
      }
    }
    return result
  }

  private static func inverseDeviations(_ columns: ColumnMoments) -> [Double] {
    columns.squaredDeviations.indices.map {
      columns.isConstant($0) ? 0 : 1 / columns.squaredDeviations[$0].squareRoot()
    }
  }
}
