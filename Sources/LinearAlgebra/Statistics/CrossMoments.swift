/// Means and cross-moments of two operands' columns.
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
    let size = coMoments.columns
    var elements = coMoments.elements
    for row in 0..<coMoments.rows {
      for column in 0..<size {
        let index = row * size + column
        // The deviations divide one after the other: their product may underflow where neither does.
        let value = elements[index] * leftScale[row] * rightScale[column]
        let constant = leftScale[row] == 0 || rightScale[column] == 0
        elements[index] = constant ? 0 : value > 1 ? 1 : value < -1 ? -1 : value
      }
    }
    return DoubleMatrix(rows: coMoments.rows, columns: size, elements: elements)
  }

  private static func inverseDeviations(_ columns: ColumnMoments) -> [Double] {
    columns.squaredDeviations.indices.map {
      columns.isConstant($0) ? 0 : 1 / columns.squaredDeviations[$0].squareRoot()
    }
  }
}
