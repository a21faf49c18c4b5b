import LinearAlgebra

/// The correlations of the dimensions of one operand with those of another, and their measures.
///
/// Both operands have `D = N·d` dimensions, `d` per field; `r` is `[D, D]`.
public struct RedundancyMatrix: Equatable, Sendable {
  /// Two different fields, and how strongly one on the left correlates with the other on the right.
  public struct Pair: Equatable, Sendable {
    /// The index of the field on the left.
    public let left: Int
    /// The index of the field on the right.
    public let right: Int
    /// The mean |r| of their block.
    public let meanMagnitude: Double
  }

  /// Pearson's r of each left dimension with each right one.
  public let correlation: DoubleMatrix
  /// `N`.
  public let fields: Int
  /// The mean |r| of each d × d block of two fields, left by right: `Σ |r| / d²`.
  public let fieldMeans: DoubleMatrix
  /// `Σ_{i≠j} |r_ij| / (D² − D)`; nil for a single dimension.
  public let meanOffDiagonal: Double?
  /// The mean |r| over dimensions of different fields, `D² − N·d²` of them; nil for a single field.
  public let meanOffOwnField: Double?
  /// `#{i≠j : |r_ij| > 0.1} / (D² − D)`.
  public let shareAboveTenth: Double?
  /// `#{i≠j : |r_ij| > 0.5} / (D² − D)`.
  public let shareAboveHalf: Double?
  /// The Frobenius norm `√(Σ_ij r_ij²)`: `D` if all dimensions are equal, `√D` if uncorrelated.
  public let frobeniusNorm: Double
  /// The redundancy term of Barlow Twins, `Σ_{i≠j} r_ij²` (Zbontar et al., ICML 2021).
  public let barlowTwinsSum: Double

  /// Computes the measures of a correlation matrix of `fields` × `fields` equal blocks.
  public init(_ correlation: DoubleMatrix, fields: Int) {
    precondition(
      fields > 0 && correlation.rows == correlation.columns && correlation.rows % fields == 0,
      "RedundancyMatrix: \(correlation.rows)×\(correlation.columns) for \(fields) fields")
    self.correlation = correlation
    self.fields = fields
    let size = correlation.rows
    let dimension = size / fields
    var sums = [Double](repeating: 0, count: fields * fields)
    var tally = Tally()
    correlation.elements.withUnsafeBufferPointer { elements in
      for row in 0..<size {
        let block = row / dimension * fields
        for column in 0..<size {
          let r = elements[row * size + column]
          sums[block + column / dimension] += abs(r)
          tally.add(r, isDiagonal: row == column)
        }
      }
    }
    let pairs = Double(size * (size - 1))
    let others = Double(size * size - fields * dimension * dimension)
    let own = (0..<fields).reduce(0) { $0 + sums[$1 * fields + $1] }
    meanOffDiagonal = pairs > 0 ? tally.magnitudes / pairs : nil
    meanOffOwnField = others > 0 ? (sums.reduce(0, +) - own) / others : nil
    shareAboveTenth = pairs > 0 ? Double(tally.aboveTenth) / pairs : nil
    shareAboveHalf = pairs > 0 ? Double(tally.aboveHalf) / pairs : nil
    barlowTwinsSum = tally.squares
    frobeniusNorm = (tally.squares + tally.diagonalSquares).squareRoot()
    fieldMeans = DoubleMatrix(
      rows: fields, columns: fields,
      elements: sums.map { $0 / Double(dimension * dimension) })
  }

  /// The number of dimensions of each operand.
  public var dimensions: Int { correlation.rows }
  /// The number of dimensions of each field.
  public var dimension: Int { dimensions / fields }

  /// The most redundant pairs of different fields, each in its stronger direction only.
  public func mostRedundantPairs(_ count: Int) -> [Pair] {
    var pairs: [Pair] = []
    for i in 0..<fields {
      for j in i + 1..<max(fields, i + 1) {
        // If both operands are the same, the two directions differ by rounding errors only.
        let isReversed = fieldMeans[j, i] > fieldMeans[i, j] * (1 + 1e-12)
        let (left, right) = isReversed ? (j, i) : (i, j)
        pairs.append(Pair(left: left, right: right, meanMagnitude: fieldMeans[left, right]))
      }
    }
    // Sort equal pairs in the order of the fields.
    let order = pairs.indices.sorted {
      (-pairs[$0].meanMagnitude, $0) < (-pairs[$1].meanMagnitude, $1)
    }
    return order.prefix(count).map { pairs[$0] }
  }

  /// Sums over the elements of the matrix.
  private struct Tally {
    var magnitudes = 0.0
    var squares = 0.0
    var diagonalSquares = 0.0
    var aboveTenth = 0
    var aboveHalf = 0

    mutating func add(_ r: Double, isDiagonal: Bool) {
      guard !isDiagonal else { return diagonalSquares += r * r }
      magnitudes += abs(r)
      squares += r * r
      aboveTenth += abs(r) > 0.1 ? 1 : 0
      aboveHalf += abs(r) > 0.5 ? 1 : 0
    }
  }
}
