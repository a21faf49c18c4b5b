import Platform
import TestSupport
import Testing

@testable import LinearAlgebra

/// Products divided among threads, and on one thread, against explicit sums.
@Suite struct ProductTests {
  /// The sides of a product and how its operands are stored; with `transposingA`, a sum over a
  /// batch.
  struct Shape: CustomStringConvertible, Sendable {
    let rows: Int
    let columns: Int
    let inner: Int
    let transposingA: Bool
    let transposingB: Bool
    var description: String {
      "\(rows)×\(inner)\(transposingA ? "ᵀ" : "") by \(inner)×\(columns)\(transposingB ? "ᵀ" : "")"
    }
  }

  /// Rows around a micro-tile's, columns around a panel's and its halves', sums around a k-block's.
  static let shapes: [Shape] = {
    let most = ProductBlocking.maxSteps
    let sides =
      [1, 2, 3, 6, 7, 12, 13, 31, 96, 97].map { ($0, 9, 5) }
      + [1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 20, 21, 24, 25, 31, 32, 33, 48, 65].map { (13, $0, 7) }
      + [0, 1, 2, most - 1, most, most + 1, 2 * most + 6].map { (14, 35, $0) }
      + [(1100, 34, 20), (300, 1, 40)]
    return sides.flatMap { rows, columns, inner in
      [(false, false), (true, false), (false, true)].map {
        Shape(rows: rows, columns: columns, inner: inner, transposingA: $0, transposingB: $1)
      }
    }
  }()

  /// Operands that are parts of wider matrices, so that rows are not adjacent, and the expected
  /// product.
  private struct Example {
    let shape: Shape
    let a: MatrixView
    let b: MatrixView
    let c: Matrix
    let products: PooledProducts
    private let owners: [Matrix]

    init(_ shape: Shape, threads: Int = 2, packsPerThread: Bool = ProductRows.readsTransposeInPlace)
    {
      self.shape = shape
      func part(_ rows: Int, _ columns: Int, _ seed: UInt64) -> (Matrix, MatrixView) {
        let owner = Matrix.random(max(rows, 1), columns + 5, seed: seed)
        return (owner, owner.view.columns(3..<3 + columns).rows(0..<rows))
      }
      let (m, n, k) = (shape.rows, shape.columns, shape.inner)
      let a = shape.transposingA ? part(k, m, 1) : part(m, k, 1)
      let b = shape.transposingB ? part(n, k, 2) : part(k, n, 2)
      (self.a, self.b, owners) = (a.1, b.1, [a.0, b.0])
      c = Matrix.random(m, n + 4, seed: 3)
      products = PooledProducts(
        pool: WorkerPool(threads: threads), packsPerThread: packsPerThread)
      if shape.transposingA {
        products.reserveSums(rows: m, columns: n, batch: k)
      } else {
        products.reserve(rows: m, columns: n, inner: k)
      }
      products.allocate()
    }

    /// `c += a·b`, or `c = a·b`.
    func multiply(overwriting: Bool) {
      if shape.transposingA {
        products.sum(a, b, into: target, overwriting: overwriting)
      } else {
        products.multiply(
          a, b, transposingB: shape.transposingB, into: target, overwriting: overwriting)
      }
    }

    /// The result's part of `c`; the elements around it must not be written.
    var target: MatrixView { c.view.columns(2..<2 + shape.columns) }

    /// `[c +] a·b` in double, amid the previous elements of `c`.
    func expected(overwriting: Bool) -> [Double] {
      var all = c.view.doubles
      for i in 0..<shape.rows {
        for j in 0..<shape.columns {
          let sum = (0..<shape.inner).reduce(0.0) { sum, k in
            sum + Double(shape.transposingA ? a[k, i] : a[i, k])
              * Double(shape.transposingB ? b[j, k] : b[k, j])
          }
          let place = i * c.columns + 2 + j
          all[place] = (overwriting ? 0 : all[place]) + sum
        }
      }
      return all
    }
  }

  private static let tolerance = Tolerance(absolute: 1e-4, relative: 1e-4)

  @Test(arguments: shapes)
  func equalsTheSumsWrittenOut(shape: Shape) {
    for (overwriting, packsPerThread) in [
      (true, true), (false, true), (true, false), (false, false),
    ] {
      let example = Example(shape, packsPerThread: packsPerThread)
      let expected = example.expected(overwriting: overwriting)
      example.multiply(overwriting: overwriting)
      expectClose(
        example.c.view.doubles, expected, Self.tolerance,
        "\(shape), overwriting \(overwriting), packing per thread \(packsPerThread)")
    }
  }

  /// Neither the number of threads nor the choice of those that pack changes a bit of a sum over a
  /// batch.
  @Test(arguments: [(500, 390), (130, 140), (7, 5), (1, 400), (390, 1)])
  func bitsOfSumsOverABatchDependOnNeitherThreadsNorTheirMemory(rows: Int, columns: Int) {
    let results = [(1, true), (2, true), (3, true), (8, true), (2, false)].map {
      threads, packsPerThread in
      let example = Example(
        Shape(rows: rows, columns: columns, inner: 2600, transposingA: true, transposingB: false),
        threads: threads, packsPerThread: packsPerThread)
      example.multiply(overwriting: false)
      return example.c.view.elements
    }
    for result in results { #expect(result == results[0]) }
  }

  @Test(arguments: shapes)
  func productsOnOneThreadEqualTheSumsWrittenOut(shape: Shape) {
    for overwriting in [true, false] {
      let example = Example(shape)
      let expected = example.expected(overwriting: overwriting)
      MatrixProduct.multiply(
        example.a, transposingA: shape.transposingA, example.b, transposingB: shape.transposingB,
        into: example.target, overwriting: overwriting)
      expectClose(example.c.view.doubles, expected, Self.tolerance, "\(shape), \(overwriting)")
    }
  }

  /// A batch of 1026 rows is summed in two pieces of 513 rows, one of 1024 in one.
  @Test(arguments: [true, false])
  func thereIsRoomForTheLongerBlockOfAShorterBatch(packsPerThread: Bool) {
    let products = PooledProducts(pool: WorkerPool(threads: 2), packsPerThread: packsPerThread)
    let most = ProductBlocking.maxSteps
    products.reserveSums(rows: 30, columns: 40, batch: most + 2)
    products.allocate()
    let (a, b) = (Matrix.random(most, 30, seed: 1), Matrix.random(most, 40, seed: 2))
    let (c, expected) = (Matrix(rows: 30, columns: 40), Matrix(rows: 30, columns: 40))
    products.sum(a.view, b.view, into: c.view, overwriting: true)
    MatrixProduct.multiply(
      a.view, transposingA: true, b.view, into: expected.view, overwriting: true)
    expectClose(c.view.doubles, expected.view.doubles, Self.tolerance)
  }

  /// The previous elements of a result that is overwritten do not matter, even if they are NaN.
  @Test func anOverwrittenResultIsNotRead() {
    let example = Example(
      Shape(rows: 30, columns: 39, inner: 6, transposingA: false, transposingB: false))
    let expected = example.expected(overwriting: true)
    example.target.fill(.nan)
    example.products.multiply(example.a, example.b, into: example.target, overwriting: true)
    expectClose(example.c.view.doubles, expected, Self.tolerance)
  }

  @Test(arguments: [1, 20, 390, 1100, 1780])
  func eachRowIsFinishedOnceAndAfterItIsWritten(rows: Int) {
    func product(threads: Int, finish: (Matrix, Range<Int>) -> Void) -> [Double] {
      let example = Example(
        Shape(rows: rows, columns: 7, inner: 1100, transposingA: false, transposingB: false),
        threads: threads)
      example.products.multiply(
        example.a, example.b, into: example.target, overwriting: true
      ) { finish(example.c, $0) }
      return example.c.view.doubles
    }
    let expected = product(threads: 1) { _, _ in }
    let finished = product(threads: 3) { c, rows in
      // Once: a second time would add another one.
      for row in rows { for column in 0..<c.columns { c[row, column] += 1 } }
    }
    expectClose(finished, expected.map { $0 + 1 }, .rounding, "\(rows) rows, plus one")
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() {
    let results = (1...4).map { threads in
      let example = Example(
        Shape(rows: 1300, columns: 90, inner: 1100, transposingA: false, transposingB: true),
        threads: threads)
      example.products.multiply(
        example.a, example.b, transposingB: true, into: example.target, overwriting: false)
      return example.c.view.elements
    }
    for result in results { #expect(result == results[0]) }
  }

  /// A row has the same bits alone, in a short batch and in a long one.
  @Test func bitsOfARowDoNotDependOnTheOthers() {
    let whole = Example(
      Shape(rows: 1100, columns: 50, inner: 1200, transposingA: false, transposingB: false))
    whole.products.multiply(whole.a, whole.b, into: whole.target, overwriting: true)
    for rows in [0..<1, 5..<6, 17..<31, 300..<1100] {
      let part = Matrix(rows: rows.count, columns: 50)
      whole.products.multiply(whole.a.rows(rows), whole.b, into: part.view, overwriting: true)
      #expect(part.view.elements == whole.target.rows(rows).elements, "rows \(rows)")
    }
  }

  /// Tiles are consecutive, without gaps, and none is empty.
  @Test(arguments: Array(1...40) + [255, 256, 390, 500, 1023, 1024, 1025, 1780, 4096, 9000])
  func tilesCoverEachRowOnce(rows: Int) {
    for (steps, threads) in [(0, 1), (1, 2), (390, 3), (1024, 8)] {
      let tiles = ProductTiles(rows: rows, steps: steps, threads: threads)
      #expect((0..<tiles.count).flatMap { Array(tiles[$0]) } == Array(0..<rows))
      #expect((0..<tiles.count).allSatisfy { !tiles[$0].isEmpty })
    }
  }
}
