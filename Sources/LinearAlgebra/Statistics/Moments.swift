/// Means and covariance of one operand's columns.
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

  /// The moments of all parts' rows together, the parts of one width stacked on top of one another.
  ///
  /// With `m` the mean of all: `Σ = Σ_p Σ_p + n_p·(m_p − m)ᵀ(m_p − m)` (Chan, Golub and LeVeque, 1983).
  public static func stacked(_ parts: [Moments]) -> Moments {
    guard let first = parts.first, parts.count > 1 else {
      precondition(!parts.isEmpty, "Moments: nothing to stack")
      return parts[0]
    }
    let width = first.columns.means.count
    precondition(
      parts.allSatisfy { $0.columns.means.count == width },
      "Moments: widths \(parts.map(\.columns.means.count)) do not stack")
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
