import LinearAlgebra
import Platform
import TestSupport
import Testing

@Suite struct MatrixProductTests {
  /// `Σ_k a[i,k]·b[k,j]` written out, in double.
  private func naive(
    _ a: MatrixView, _ transposingA: Bool, _ b: MatrixView, _ transposingB: Bool, rows: Int,
    columns: Int, inner: Int
  ) -> [Double] {
    (0..<rows).flatMap { i in
      (0..<columns).map { j in
        (0..<inner).reduce(0.0) { sum, k in
          sum + Double(transposingA ? a[k, i] : a[i, k])
            * Double(transposingB ? b[j, k] : b[k, j])
        }
      }
    }
  }

  @Test(arguments: [(1, 1, 1), (2, 3, 5), (7, 17, 4), (300, 9, 33), (1100, 6, 20)])
  func equalsTheSumsWrittenOut(rows: Int, columns: Int, inner: Int) {
    let pool = WorkerPool(threads: 2)
    for (transposingA, transposingB) in [
      (false, false), (true, false), (false, true), (true, true),
    ] {
      let a = Matrix.random(
        transposingA ? inner : rows, transposingA ? rows : inner, seed: 1)
      let b = Matrix.random(
        transposingB ? columns : inner, transposingB ? inner : columns, seed: 2)
      let c = Matrix(rows: rows, columns: columns)
      let expected = naive(
        a.view, transposingA, b.view, transposingB, rows: rows, columns: columns, inner: inner)
      for overwriting in [true, false] {
        MatrixProduct.multiply(
          a.view, transposingA: transposingA, b.view, transposingB: transposingB, into: c.view,
          overwriting: overwriting, pool: pool)
      }
      expectClose(
        c.view.doubles, expected.map { 2 * $0 }, Tolerance(absolute: 1e-4, relative: 1e-4),
        "\(rows)×\(inner)×\(columns), \(transposingA), \(transposingB)")
    }
  }

  @Test(arguments: [1, 20, 390, 1100, 1780])
  func eachRowIsFinishedOnceAndAfterItIsWritten(rows: Int) {
    let a = Matrix.random(rows, 5, seed: 5)
    let b = Matrix.random(5, 7, seed: 6)
    let expected = Matrix(rows: rows, columns: 7)
    MatrixProduct.multiply(
      a.view, b.view, into: expected.view, overwriting: true, pool: WorkerPool(threads: 1))
    let c = Matrix(rows: rows, columns: 7)
    MatrixProduct.multiply(
      a.view, b.view, into: c.view, overwriting: true, pool: WorkerPool(threads: 3)
    ) { tile in
      // Once: a second time would add another one.
      for row in tile { for column in 0..<7 { c[row, column] += 1 } }
    }
    expectClose(
      c.view.doubles, expected.view.doubles.map { $0 + 1 }, .rounding, "\(rows) rows, plus one")
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() {
    let a = Matrix.random(1300, 70, seed: 3)
    let b = Matrix.random(70, 90, seed: 4)
    let results = (1...4).map { threads in
      let c = Matrix(rows: 1300, columns: 90)
      MatrixProduct.multiply(
        a.view, b.view, into: c.view, overwriting: true, pool: WorkerPool(threads: threads))
      return c.view.elements
    }
    for result in results { #expect(result == results[0]) }
  }
}
