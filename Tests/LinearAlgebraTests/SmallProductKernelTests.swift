import LinearAlgebra
import TestSupport
import Testing

@Suite struct SmallProductKernelTests {
  private let tolerance = Tolerance(absolute: 1e-4, relative: 1e-4)

  @Test(arguments: [1, 2, 5, 39], [1, 3, 8, 17])
  func productsAndTranspositionsEqualTheSumsWrittenOut(rows: Int, inner: Int) {
    for columns in [1, 2, 8, 11] {
      let (a, b) = (Matrix.random(rows, inner, seed: 1), Matrix.random(inner, columns, seed: 2))
      let g = Matrix.random(rows, columns, seed: 3)
      func sum(_ count: Int, _ term: (Int) -> Double) -> Double {
        (0..<count).reduce(0) { $0 + term($1) }
      }
      func elements(_ m: Int, _ n: Int, _ value: (Int, Int) -> Double) -> [Double] {
        (0..<m).flatMap { i in (0..<n).map { value(i, $0) } }
      }
      let product = Matrix.random(rows, columns, seed: 4)
      SmallProductKernel.multiply(
        a.base, b.base, into: product.base, rows: rows, inner: inner, columns: columns)
      expectClose(
        product.view.doubles,
        elements(rows, columns) { i, j in sum(inner) { Double(a[i, $0]) * Double(b[$0, j]) } },
        tolerance)
      let left = Matrix.random(rows, inner, seed: 5)
      let before = left.view.doubles
      SmallProductKernel.addProduct(
        g.base, transposed: b.base, to: left.base, rows: rows, inner: inner, columns: columns)
      let added = elements(rows, inner) { i, k in
        sum(columns) { Double(g[i, $0]) * Double(b[k, $0]) }
      }
      expectClose(left.view.doubles, zip(before, added).map(+), tolerance)
      let right = Matrix.random(inner, columns, seed: 6)
      SmallProductKernel.multiply(
        transposed: a.base, g.base, into: right.base, rows: rows, inner: inner, columns: columns)
      expectClose(
        right.view.doubles,
        elements(inner, columns) { k, j in sum(rows) { Double(a[$0, k]) * Double(g[$0, j]) } },
        tolerance)
      let transposed = Matrix.random(inner, rows, seed: 7)
      SmallProductKernel.transpose(
        a.base, into: transposed.base, rows: rows, columns: inner)
      let expected = elements(inner, rows) { Double(a[$1, $0]) }
      expectClose(transposed.view.doubles, expected, .rounding)
      SmallProductKernel.addTranspose(a.base, to: transposed.base, rows: rows, columns: inner)
      expectClose(transposed.view.doubles, expected.map { 2 * $0 }, .rounding)
    }
  }
}
