/// The mean and the squared deviations of every column of a table.
public struct ColumnMoments: Equatable, Sendable {
  /// The number of rows.
  public let count: Int
  /// The mean of each column.
  public let means: [Double]
  /// `Σ (x − mean)²` of each column.
  public let squaredDeviations: [Double]

  /// Describes columns.
  public init(count: Int, means: [Double], squaredDeviations: [Double]) {
    precondition(
      means.count == squaredDeviations.count,
      "ColumnMoments: \(means.count) means, \(squaredDeviations.count) deviations")
    self.count = count
    self.means = means
    self.squaredDeviations = squaredDeviations
  }

  /// Whether a column is constant: `Σ (x − mean)² ≤ n·(8ε·mean)²` with `ε = 2⁻⁵²`.
  ///
  /// The sum is exactly zero for equal values, because rows are shifted by the first one; the bound
  /// covers differences below double precision, too. A column with NaN or infinity is not constant.
  public func isConstant(_ column: Int) -> Bool {
    let noise = 8 * Double.ulpOfOne * means[column]
    return squaredDeviations[column] <= Double(count) * noise * noise
  }

  /// The constant columns.
  public var constants: Set<Int> { Set(means.indices.filter(isConstant)) }

  /// The first column with a value that is not finite, or nil.
  public var firstNonFiniteColumn: Int? {
    means.indices.first { !means[$0].isFinite || !squaredDeviations[$0].isFinite }
  }
}

/// Means and covariance of one operand's columns.
public struct Moments: Equatable, Sendable {
  /// The means and squared deviations of the columns.
  public let columns: ColumnMoments
  /// `Σ (x − mean)ᵀ(x − mean)`.
  public let coMoments: DoubleMatrix

  /// The number of rows.
  public var count: Int { columns.count }

  /// The biased covariance: `Σ (x − mean)ᵀ(x − mean) / n`.
  public var covariance: DoubleMatrix { divided(by: Double(max(count, 1)), addingMeans: false) }

  /// The uncentred second moments: `Σ xᵀx / n`.
  public var gram: DoubleMatrix { divided(by: Double(max(count, 1)), addingMeans: true) }

  /// The moments of the rows of all parts, which have the same number of columns.
  ///
  /// With the overall mean `m`: `Σ = Σ_p Σ_p + n_p·(m_p − m)ᵀ(m_p − m)` (Chan et al., 1983).
  public static func stacked(_ parts: [Moments]) -> Moments {
    guard let first = parts.first, parts.count > 1 else {
      precondition(!parts.isEmpty, "Moments: nothing to stack")
      return parts[0]
    }
    let width = first.columns.means.count
    precondition(
      parts.allSatisfy { $0.columns.means.count == width },
      "Moments: parts of \(parts.map(\.columns.means.count)) columns, expected \(width)")
    let count = parts.reduce(0) { $0 + $1.count }
    let means = (0..<width).map { column in
      // Relative to the first part, so that parts of equal means have exactly that mean.
      let origin = first.columns.means[column]
      return origin
        + parts.reduce(0) { $0 + Double($1.count) * ($1.columns.means[column] - origin) }
        / Double(max(count, 1))
    }
    var sums = DoubleMatrix(rows: width, columns: width)
    var squares = [Double](repeating: 0, count: width)
    for part in parts {
      let offsets = zip(part.columns.means, means).map(-)
      let weight = Double(part.count)
      for row in 0..<width {
        squares[row] += part.columns.squaredDeviations[row] + weight * offsets[row] * offsets[row]
        for column in 0..<width {
          sums[row, column] +=
            part.coMoments[row, column] + weight * (offsets[row] * offsets[column])
        }
      }
    }
    return Moments(
      columns: ColumnMoments(count: count, means: means, squaredDeviations: squares),
      coMoments: sums)
  }

  private func divided(by divisor: Double, addingMeans: Bool) -> DoubleMatrix {
    let size = coMoments.columns
    var elements = coMoments.elements
    for row in 0..<size {
      let mean = addingMeans ? columns.means[row] : 0
      for column in 0..<size {
        let index = row * size + column
        elements[index] =
          elements[index] / divisor + (addingMeans ? mean * columns.means[column] : 0)
      }
    }
    return DoubleMatrix(rows: size, columns: size, elements: elements)
  }
}

/// Means and cross-moments of two operands' columns.
public struct CrossMoments: Equatable, Sendable {
  /// The means and squared deviations of the left operand's columns.
  public let left: ColumnMoments
  /// The means and squared deviations of the right operand's columns.
  public let right: ColumnMoments
  /// `Σ (a − ā)ᵀ(b − b̄)`, left columns by right columns.
  public let coMoments: DoubleMatrix

  /// The number of rows.
  public var count: Int { left.count }

  /// The Pearson correlation of every left column with every right one.
  ///
  /// `R = z(A)ᵀ z(B) / (n − 1)` with unbiased deviations, in which `n − 1` cancels:
  /// `rᵢⱼ = Σ(aᵢ−āᵢ)(bⱼ−b̄ⱼ) / √(Σ(aᵢ−āᵢ)² · Σ(bⱼ−b̄ⱼ)²)`. The correlation of a constant column is
  /// 0; values that rounding puts beyond ±1 are clamped.
  public var correlation: DoubleMatrix {
    let leftScale = Self.inverseDeviations(left)
    let rightScale = Self.inverseDeviations(right)
    let size = coMoments.columns
    var elements = coMoments.elements
    for row in 0..<coMoments.rows {
      for column in 0..<size {
        let index = row * size + column
        // One deviation after the other: their product may underflow where neither does.
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
