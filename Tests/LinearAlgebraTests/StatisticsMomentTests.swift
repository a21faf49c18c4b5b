import LinearAlgebra
import Platform
import TestSupport
import Testing

@Suite struct StatisticsMomentTests {
  private let pool = WorkerPool(threads: 2)
  private let streaming = Tolerance(absolute: 1e-9, relative: 1e-9)

  /// Columns whose mean is large compared with their deviation and drifts with the rows: hard for
  /// one pass.
  private func drifting(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    let matrix = Matrix.random(rows, columns, seed: seed)
    for row in 0..<rows {
      for column in 0..<columns {
        matrix[row, column] += Scalar(1000 * column) + Scalar(row) / 500
      }
    }
    return matrix
  }

  /// Two passes: the means, then the products of the deviations.
  private func coMoments(_ a: Matrix, _ b: Matrix) -> [Double] {
    func centred(_ matrix: Matrix) -> [[Double]] {
      (0..<matrix.columns).map { column in
        let values = (0..<matrix.rows).map { Double(matrix[$0, column]) }
        let mean = values.reduce(0, +) / Double(max(values.count, 1))
        return values.map { $0 - mean }
      }
    }
    let left = centred(a)
    let right = centred(b)
    return left.flatMap { x in right.map { y in zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } } }
  }

  private func moments(_ matrix: Matrix, batch: Int, pool: WorkerPool) -> Moments {
    let accumulator = MomentAccumulator(columns: matrix.columns, pool: pool)
    for start in stride(from: 0, to: matrix.rows, by: batch) {
      accumulator.add(matrix.view.rows(start..<min(matrix.rows, start + batch)))
    }
    return accumulator.finish()
  }

  private func cross(
    _ a: Matrix, _ b: Matrix, batch: Int = .max, pool: WorkerPool
  ) -> CrossMoments {
    let accumulator = JointMomentAccumulator(
      columns: [a.columns, b.columns], products: [.init(0, 1)], pool: pool)
    for start in stride(from: 0, to: a.rows, by: batch) {
      let rows = start..<min(a.rows, start + min(batch, a.rows))
      accumulator.add([a.view.rows(rows), b.view.rows(rows)])
    }
    return accumulator.finish().cross(0, 1)
  }

  @Test(arguments: [1, 2, 1023, 1024, 1025, 3000], [1, 3, 70])
  func streamingCovarianceEqualsTwoPasses(rows: Int, columns: Int) {
    let matrix = drifting(rows, columns, seed: 1)
    let expected = coMoments(matrix, matrix).map { $0 / Double(rows) }
    let actual = moments(matrix, batch: 700, pool: pool)
    #expect(actual.count == rows)
    expectClose(actual.covariance.elements, expected, streaming)
    expectClose(
      actual.columns.squaredDeviations,
      (0..<columns).map { expected[$0 * columns + $0] * Double(rows) }, streaming)
  }

  @Test func covarianceOverSeveralTilesIsSymmetricAndEqualsTwoPasses() {
    let matrix = drifting(1500, 410, seed: 2)
    let covariance = moments(matrix, batch: 1500, pool: pool).covariance
    expectClose(
      covariance.elements, coMoments(matrix, matrix).map { $0 / 1500 }, streaming)
    for row in 0..<410 {
      for column in 0..<row { #expect(covariance[row, column] == covariance[column, row]) }
    }
  }

  @Test func gramIsTheMeanOfTheOuterProducts() {
    let matrix = Matrix.random(2000, 5, seed: 3)
    var expected = [Double](repeating: 0, count: 25)
    for row in 0..<2000 {
      for i in 0..<5 {
        for j in 0..<5 {
          expected[i * 5 + j] += Double(matrix[row, i]) * Double(matrix[row, j]) / 2000
        }
      }
    }
    expectClose(moments(matrix, batch: 64, pool: pool).gram.elements, expected, streaming)
  }

  @Test func bitsDependNeitherOnThreadsNorOnBatches() {
    let a = drifting(2500, 230, seed: 4)
    let b = Matrix.random(2500, 110, seed: 5)
    let expected = moments(a, batch: 2500, pool: WorkerPool(threads: 1))
    for threads in 1...3 {
      let pool = WorkerPool(threads: threads)
      #expect(moments(a, batch: 333, pool: pool) == expected)
      #expect(cross(a, b, pool: pool) == cross(a, b, pool: WorkerPool(threads: 1)))
    }
  }

  @Test func crossMomentsEqualTwoPasses() {
    let a = drifting(2100, 7, seed: 6)
    let b = drifting(2100, 3, seed: 7)
    let actual = cross(a, b, batch: 300, pool: pool)
    #expect(actual.coMoments.rows == 7 && actual.coMoments.columns == 3)
    expectClose(actual.coMoments.elements, coMoments(a, b), streaming)
  }

  @Test func correlationOfAColumnWithItselfIsOneAndWithItsNegativeMinusOne() {
    let a = Matrix.random(1200, 2, seed: 8)
    let b = Matrix(rows: 1200, columns: 2)
    for row in 0..<1200 {
      b[row, 0] = a[row, 0]
      b[row, 1] = -4 * a[row, 0]
    }
    let correlation = cross(a, b, pool: pool).correlation
    expectClose([correlation[0, 0], correlation[0, 1]], [1, -1], .exact)
    #expect(correlation.elements.allSatisfy { abs($0) <= 1 })
  }

  @Test func constantColumnsCorrelateZeroAndAreCounted() {
    let a = Matrix.random(3000, 4, seed: 9)
    for row in 0..<3000 {
      a[row, 1] = 0
      // No binary fraction: the mean of a sum would round.
      a[row, 2] = Scalar(1234.1)
    }
    let b = Matrix.random(3000, 4, seed: 10)
    let moments = cross(a, b, pool: pool)
    #expect((0..<4).map(moments.left.isConstant) == [false, true, true, false])
    #expect(moments.left.constants.count == 2)
    #expect(moments.right.constants.isEmpty)
    for column in 0..<4 {
      #expect(moments.correlation[1, column] == 0 && moments.correlation[2, column] == 0)
      #expect(moments.correlation[0, column] != 0)
    }
  }

  @Test func oneValueThatDiffersInTheLastBitMakesAColumnVary() {
    let matrix = Matrix(rows: 50_000, columns: 1)
    matrix.view.fill(Scalar(Float(0.7)))
    #expect(moments(matrix, batch: 4096, pool: pool).columns.isConstant(0))
    matrix[49_999, 0] = Scalar(Float(0.7).nextUp)
    #expect(!moments(matrix, batch: 4096, pool: pool).columns.isConstant(0))
  }

  @Test func aValueThatIsNotFiniteIsFoundByItsColumn() {
    for value in [Scalar.nan, .infinity] {
      let matrix = Matrix.random(1100, 3, seed: 11)
      matrix[1050, 1] = value
      let columns = moments(matrix, batch: 500, pool: pool).columns
      #expect(columns.firstNonFiniteColumn == 1)
      #expect(!columns.isConstant(1))
    }
  }
}
