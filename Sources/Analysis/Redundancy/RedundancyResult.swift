import LinearAlgebra

/// What a `RedundancyAnalysis` found in one run.
public struct RedundancyResult: Sendable {
  /// Two different fields and how strongly one's left dimensions follow the other's right ones.
  public struct Pair: Equatable, Sendable {
    /// The field on the left.
    public let left: String
    /// The field on the right.
    public let right: String
    /// The mean |r| of their block.
    public let meanMagnitude: Double
  }

  /// The run.
  public var run: RunDescription
  /// Rows analysed.
  public let rows: Int
  /// The fields' names, in the order of their blocks.
  public let fields: [String]
  /// What the operands are.
  public let operands: OperandNames
  /// Pearson's r of every left dimension with every right one, `[fields · d, fields · d]`.
  public let correlation: DoubleMatrix
  /// Dimensions of the left operand that never change; they correlate 0 with everything.
  public let constantLeft: Int
  /// Dimensions of the right operand that never change.
  public let constantRight: Int
  /// The mean |r| of each block of two fields, left by right.
  public let fieldMeans: DoubleMatrix

  /// Wraps a correlation matrix of `fields.count` equal blocks either way.
  public init(
    run: RunDescription, rows: Int, fields: [String], operands: OperandNames = OperandNames(),
    correlation: DoubleMatrix, constantLeft: Int, constantRight: Int
  ) {
    precondition(
      !fields.isEmpty && correlation.rows == correlation.columns
        && correlation.rows % fields.count == 0,
      "RedundancyResult: \(correlation.rows)×\(correlation.columns) for \(fields.count) fields")
    self.run = run
    self.rows = rows
    self.fields = fields
    self.operands = operands
    self.correlation = correlation
    self.constantLeft = constantLeft
    self.constantRight = constantRight
    let dimension = correlation.rows / fields.count
    var sums = DoubleMatrix(rows: fields.count, columns: fields.count)
    for row in 0..<correlation.rows {
      for column in 0..<correlation.columns {
        sums[row / dimension, column / dimension] += abs(correlation[row, column])
      }
    }
    let cells = Double(dimension * dimension)
    fieldMeans = DoubleMatrix(
      rows: sums.rows, columns: sums.columns, elements: sums.elements.map { $0 / cells })
  }

  /// Dimensions of each operand.
  public var dimensions: Int { correlation.rows }
  /// Dimensions of one field.
  public var dimension: Int { correlation.rows / fields.count }

  /// The mean |r| over all pairs of different dimensions; nil where there is one dimension alone.
  public var meanOffDiagonal: Double? { mean { row, column in row != column } }

  /// The mean |r| over all pairs of dimensions of different fields; nil where there is one field alone.
  public var meanOffOwnField: Double? {
    mean { [dimension] row, column in row / dimension != column / dimension }
  }

  /// The share of pairs of different dimensions whose |r| exceeds a bound; nil where there are none.
  public func share(above bound: Double) -> Double? {
    let pairs = dimensions * (dimensions - 1)
    guard pairs > 0 else { return nil }
    var above = 0
    for row in 0..<dimensions {
      for column in 0..<dimensions where row != column {
        above += abs(correlation[row, column]) > bound ? 1 : 0
      }
    }
    return Double(above) / Double(pairs)
  }

  /// The most redundant pairs of different fields, each counted once by its stronger direction.
  public func mostRedundantPairs(_ count: Int) -> [Pair] {
    var pairs: [Pair] = []
    for i in fields.indices {
      for j in fields.indices where j > i {
        // Where both operands are the same, the directions differ by rounding alone.
        let isReversed = fieldMeans[j, i] > fieldMeans[i, j] * (1 + 1e-12)
        let (left, right) = isReversed ? (j, i) : (i, j)
        pairs.append(
          Pair(
            left: fields[left], right: fields[right], meanMagnitude: fieldMeans[left, right]))
      }
    }
    // Equal pairs stay in the order of the fields.
    let order = pairs.indices.sorted {
      (-pairs[$0].meanMagnitude, $0) < (-pairs[$1].meanMagnitude, $1)
    }
    return order.prefix(count).map { pairs[$0] }
  }

  private func mean(where included: (Int, Int) -> Bool) -> Double? {
    var sum = 0.0
    var count = 0
    for row in 0..<dimensions {
      for column in 0..<dimensions where included(row, column) {
        sum += abs(correlation[row, column])
        count += 1
      }
    }
    return count > 0 ? sum / Double(count) : nil
  }
}
