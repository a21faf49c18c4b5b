import LinearAlgebra

/// The correlations of the dimensions of one operand with those of another, and their measures.
///
/// An operand has `d` dimensions for each of its fields, `r` is `[L·d, R·d]` for `L` fields on the
/// left and `R` on the right. The `C` fields that both have make `C·d` pairs of a dimension with
/// itself: the diagonal, which no measure but the Frobenius norm includes. A constant dimension has
/// no correlation: its r is 0 in the matrix, and no mean or share counts its pairs.
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
  /// The fields on the left.
  public let leftFields: Range<Int>
  /// The fields on the right.
  public let rightFields: Range<Int>
  /// The mean |r| of each block of two fields, left by right: `Σ |r| / d²` if all its dimensions
  /// vary, and 0 if no pair of them does.
  public let fieldMeans: DoubleMatrix
  /// The pairs of dimensions that vary in each block, row by row.
  public let fieldPairs: [Int]
  /// The mean |r| over all pairs of different dimensions that vary, `L·R·d² − C·d` if all do; nil
  /// without any.
  public let meanOffDiagonal: Double?
  /// The mean |r| over different dimensions of the same field that vary, `C·(d² − d)` pairs if all
  /// do; nil without any.
  public let meanOwnField: Double?
  /// The mean |r| over dimensions of different fields that vary, `(L·R − C)·d²` pairs if all do; nil
  /// without any.
  public let meanOffOwnField: Double?
  /// The number of pairs of different dimensions of which one is constant.
  public let leftOutPairs: Int
  /// The share of the pairs of different dimensions that vary with |r| > 0.1.
  public let shareAboveTenth: Double?
  /// The share of the pairs of different dimensions that vary with |r| > 0.5.
  public let shareAboveHalf: Double?
  /// The Frobenius norm `√(Σ_ij r_ij²)`: `D` if all of `D × D` are 1, `√D` if only the diagonal is.
  public let frobeniusNorm: Double
  /// The redundancy term of Barlow Twins, `Σ_{i≠j} r_ij²` (Zbontar et al., ICML 2021).
  public let barlowTwinsSum: Double

  /// Computes the measures of a correlation matrix of equal blocks, one per pair of fields, some of
  /// whose rows and columns are constant dimensions.
  public init(
    _ correlation: DoubleMatrix, left: Range<Int>, right: Range<Int>,
    constantRows: Set<Int> = [], constantColumns: Set<Int> = []
  ) {
    precondition(
      !left.isEmpty && !right.isEmpty && correlation.rows % left.count == 0
        && correlation.rows / left.count * right.count == correlation.columns,
      "RedundancyMatrix: \(correlation.rows)×\(correlation.columns) for \(left) and \(right)")
    self.correlation = correlation
    (leftFields, rightFields) = (left, right)
    let dimension = correlation.rows / left.count
    var sums = [Double](repeating: 0, count: left.count * right.count)
    var counts = [Int](repeating: 0, count: sums.count)
    var tally = Tally()
    let varies = (0..<correlation.columns).map { !constantColumns.contains($0) }
    correlation.elements.withUnsafeBufferPointer { elements in
      for row in 0..<correlation.rows where !constantRows.contains(row) {
        let block = row / dimension * right.count
        // The column of the same dimension of the same field.
        let same = row + (left.lowerBound - right.lowerBound) * dimension
        for column in 0..<correlation.columns where varies[column] {
          let r = elements[row * correlation.columns + column]
          sums[block + column / dimension] += abs(r)
          counts[block + column / dimension] += 1
          tally.add(r, isDiagonal: column == same)
        }
      }
    }
    let common = left.clamped(to: right)
    let blocks = common.map { ($0 - left.lowerBound) * right.count + $0 - right.lowerBound }
    let own = blocks.reduce(0) { $0 + sums[$1] }
    let ownPairs = blocks.reduce(0) { $0 + counts[$1] }
    func mean(_ sum: Double, _ pairs: Int) -> Double? { pairs > 0 ? sum / Double(pairs) : nil }
    let all = counts.reduce(0, +)
    let different = all - tally.diagonalPairs
    leftOutPairs =
      correlation.rows * correlation.columns - common.count * dimension - different
    meanOffDiagonal = mean(tally.magnitudes, different)
    meanOwnField = mean(own - tally.diagonal, ownPairs - tally.diagonalPairs)
    meanOffOwnField = mean(sums.reduce(0, +) - own, all - ownPairs)
    shareAboveTenth = mean(Double(tally.aboveTenth), different)
    shareAboveHalf = mean(Double(tally.aboveHalf), different)
    barlowTwinsSum = tally.squares
    frobeniusNorm = (tally.squares + tally.diagonalSquares).squareRoot()
    fieldMeans = DoubleMatrix(
      rows: left.count, columns: right.count,
      elements: zip(sums, counts).map { mean($0, $1) ?? 0 })
    fieldPairs = counts
  }

  /// The number of dimensions of each field.
  public var dimension: Int { correlation.rows / leftFields.count }

  /// The mean |r| of the block of a field on the left and one on the right; nil where one of the
  /// operands lacks it, or none of its pairs varies.
  public func mean(_ left: Int, _ right: Int) -> Double? {
    guard leftFields.contains(left), rightFields.contains(right) else { return nil }
    let (row, column) = (left - leftFields.lowerBound, right - rightFields.lowerBound)
    return fieldPairs[row * rightFields.count + column] > 0 ? fieldMeans[row, column] : nil
  }

  /// The most redundant pairs of different fields, each in its stronger direction only.
  public func mostRedundantPairs(_ count: Int) -> [Pair] {
    var pairs: [Pair] = []
    let fields =
      min(
        leftFields.lowerBound, rightFields.lowerBound)..<max(
        leftFields.upperBound, rightFields.upperBound)
    for i in fields {
      for j in fields where j > i {
        switch (mean(i, j), mean(j, i)) {
        // If both operands are the same, the two directions differ by rounding errors only.
        case (let forward?, let backward?) where backward > forward * (1 + 1e-12):
          pairs.append(Pair(left: j, right: i, meanMagnitude: backward))
        case (let forward?, _): pairs.append(Pair(left: i, right: j, meanMagnitude: forward))
        case (nil, let backward?):
          pairs.append(Pair(left: j, right: i, meanMagnitude: backward))
        case (nil, nil): break
        }
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
    /// The sum of |r| over the diagonal.
    var diagonal = 0.0
    var diagonalSquares = 0.0
    var diagonalPairs = 0
    var aboveTenth = 0
    var aboveHalf = 0

    mutating func add(_ r: Double, isDiagonal: Bool) {
      guard !isDiagonal else {
        diagonal += abs(r)
        diagonalSquares += r * r
        diagonalPairs += 1
        return
      }
      magnitudes += abs(r)
      squares += r * r
      aboveTenth += abs(r) > 0.1 ? 1 : 0
      aboveHalf += abs(r) > 0.5 ? 1 : 0
    }
  }
}
