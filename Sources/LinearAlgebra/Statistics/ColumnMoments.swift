/// The mean and spread of every column of a table.
public struct ColumnMoments: Equatable, Sendable {
  /// Rows counted.
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

  /// Whether a column never changes: `Σ (x − mean)² ≤ n·(8ε·mean)²` with `ε = 2⁻⁵²`.
  ///
  /// A column of equal values has exactly zero, because rows are shifted by the first one; the bound also
  /// takes in values that differ by less than double precision can tell. A column with a value that is not
  /// finite is not constant.
  public func isConstant(_ column: Int) -> Bool {
    let noise = 8 * Double.ulpOfOne * means[column]
    return squaredDeviations[column] <= Double(count) * noise * noise
  }

  /// The number of columns that never change.
  public var constantColumns: Int { means.indices.count(where: isConstant) }

  /// The first column that holds a value that is not finite, nil where there is none.
  public var firstNonFiniteColumn: Int? {
    means.indices.first { !means[$0].isFinite || !squaredDeviations[$0].isFinite }
  }
}
