#if !SFG_DOUBLE
  import Platform
  import TestSupport
  import Testing

  @testable import LinearAlgebra

  /// Products of operands rounded to bfloat16, bit by bit against `NaiveBFloat16`, and against sums
  /// in double within the bound of `Documentation/explanation/precision.md`.
  @Suite struct BFloat16ProductTests {
    /// Products on some threads, by the processor's instructions or without them.
    private static func products(_ kernel: String, threads: Int) -> any BatchProducts {
      let pool = WorkerPool(threads: threads)
      return kernel == HardwareBFloat16.instructions
        ? BFloat16Products<HardwareBFloat16>(pool: pool)
        : BFloat16Products<EmulatedBFloat16>(pool: pool)
    }

    /// What this processor can run.
    static let kernels =
      (HardwareBFloat16.isAvailable ? [HardwareBFloat16.instructions] : [])
      + [EmulatedBFloat16.instructions]

    /// How the operands are stored: forward, the gradient of an input, the gradient of a weight.
    enum Form: CaseIterable { case forward, inputGradient, weightGradient }

    struct Shape: CustomStringConvertible, Sendable {
      let rows: Int
      let columns: Int
      let inner: Int
      let form: Form
      var description: String { "\(rows)×\(columns) sums of \(inner), \(form)" }
    }

    /// Rows around a micro-tile's, columns around a panel's and its halves', odd and even sums, and
    /// sums around a k-block's.
    static let shapes: [Shape] = {
      let most = ProductBlocking.maxSteps
      let sides =
        [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 25, 97].map { ($0, 9, 5) }
        + [1, 2, 15, 16, 17, 31, 32, 33, 49, 65].map { (13, $0, 7) }
        + [0, 1, 2, 31, 32, 33, 65, most - 1, most, most + 1, 2 * most + 5].map { (14, 35, $0) }
        + [(530, 3, 4), (3, 300, 4)]
      return sides.flatMap { rows, columns, inner in
        Form.allCases.map { Shape(rows: rows, columns: columns, inner: inner, form: $0) }
      }
    }()

    /// Operands that are parts of wider matrices, so that rows are not adjacent.
    private struct Example {
      let shape: Shape
      let a: MatrixView
      let b: MatrixView
      let c: Matrix
      private let owners: [Matrix]

      init(_ shape: Shape, seed: UInt64 = 1) {
        self.shape = shape
        let (m, n, k) = (shape.rows, shape.columns, shape.inner)
        func part(_ rows: Int, _ columns: Int, _ seed: UInt64) -> (Matrix, MatrixView) {
          let owner = Matrix.random(max(rows, 1), columns + 5, seed: seed)
          return (owner, owner.view.columns(3..<3 + columns).rows(0..<rows))
        }
        let a = shape.form == .weightGradient ? part(k, m, seed) : part(m, k, seed)
        let b = shape.form == .forward ? part(n, k, seed + 1) : part(k, n, seed + 1)
        (self.a, self.b, owners) = (a.1, b.1, [a.0, b.0])
        c = Matrix.random(m, n + 4, seed: seed + 2)
      }

      /// The result's part of `c`; the elements around it must not be written.
      var target: MatrixView { c.view.columns(2..<2 + shape.columns) }

      func row(_ row: Int) -> [Float] {
        (0..<shape.inner).map { shape.form == .weightGradient ? a[$0, row] : a[row, $0] }
      }

      func column(_ column: Int) -> [Float] {
        (0..<shape.inner).map { shape.form == .forward ? b[column, $0] : b[$0, column] }
      }

      /// All elements of `c`, with the result's computed by `sum` from a row, a column, and what
      /// the result holds.
      func expected<Number>(
        _ convert: (Float) -> Number, _ sum: ([Float], [Float], Float) -> Number
      ) -> [Number] {
        var all = c.view.elements.map(convert)
        let columns = (0..<shape.columns).map(column)
        for i in 0..<shape.rows {
          let row = row(i)
          for j in 0..<shape.columns {
            all[i * c.columns + 2 + j] = sum(row, columns[j], target[i, j])
          }
        }
        return all
      }

      func multiply(
        _ products: any BatchProducts, overwriting: Bool,
        finish: (Range<Int>) -> Void = { _ in }
      ) {
        switch shape.form {
        case .weightGradient:
          products.reserveSums(
            rows: shape.rows, columns: shape.columns, batch: shape.inner, vectors: 1)
          products.allocate()
          products.sum(a, b, vectors: 1, into: target, overwriting: overwriting)
        case .forward, .inputGradient:
          products.reserve(rows: shape.rows, columns: shape.columns, inner: shape.inner)
          products.allocate()
          products.multiply(
            a, b, transposingB: shape.form == .forward, into: target, overwriting: overwriting,
            finish: finish)
        }
      }
    }

    @Test(arguments: kernels, shapes)
    func hasTheBitsOfTheSumsWrittenOut(kernel: String, shape: Shape) {
      for overwriting in [true, false] {
        let example = Example(shape)
        let expected = example.expected(\.self) { row, column, start in
          let start = overwriting ? nil : start
          return shape.form == .weightGradient
            ? NaiveBFloat16.batchSum(row, column, addingTo: start)
            : NaiveBFloat16.sum(row, column, addingTo: start)
        }
        example.multiply(Self.products(kernel, threads: 2), overwriting: overwriting)
        #expect(
          example.c.view.elements.map(\.bitPattern) == expected.map(\.bitPattern),
          "\(shape), overwriting \(overwriting)")
      }
    }

    /// The error of a sum of k products is at most `(2u + u² + k·v)·(1 + k·v)·Σ|a·b|`, with u = 2⁻⁸
    /// for an operand, v = 2⁻²⁴ for a sum.
    @Test(arguments: kernels, [1, 2, 39, 390, 1780, 4096])
    func isWithinTheErrorBoundOfTheSumInDouble(kernel: String, inner: Int) {
      for form in Form.allCases {
        let example = Example(Shape(rows: 17, columns: 35, inner: inner, form: form), seed: 7)
        let exact = example.expected({ (Double($0), 0) }) { row, column, _ in
          let terms = zip(row, column).map { Double($0) * Double($1) }
          return (terms.reduce(0, +), terms.reduce(0) { $0 + abs($1) })
        }
        example.multiply(Self.products(kernel, threads: 1), overwriting: true)
        let (u, v) = (0x1p-8, Double(inner + 4) * 0x1p-24)
        for (actual, exact) in zip(example.c.view.doubles, exact) {
          let bound = (2 * u + u * u + v) * (1 + v) * exact.1
          #expect(abs(actual - exact.0) <= bound, "\(form), \(inner) terms")
        }
      }
    }

    @Test(arguments: kernels, Form.allCases)
    func bitsDoNotDependOnTheNumberOfThreads(kernel: String, form: Form) {
      let results = [1, 2, 3, 4, 8].map { threads in
        let example = Example(Shape(rows: 510, columns: 95, inner: 1300, form: form))
        example.multiply(Self.products(kernel, threads: threads), overwriting: false)
        return example.c.view.elements
      }
      for result in results { #expect(result == results[0]) }
    }

    @Test(arguments: kernels)
    func eachRowIsFinishedOnceAndAfterItIsWritten(kernel: String) {
      for rows in [1, 20, 390, 1100] {
        let shape = Shape(rows: rows, columns: 7, inner: 1100, form: .inputGradient)
        let expected = Example(shape)
        expected.multiply(Self.products(kernel, threads: 1), overwriting: true)
        let finished = Example(shape)
        finished.multiply(Self.products(kernel, threads: 3), overwriting: true) { rows in
          // Once: a second time would add another one.
          for row in rows { for column in 0..<7 { finished.target[row, column] += 1 } }
        }
        #expect(finished.target.elements == expected.target.elements.map { $0 + 1 })
      }
    }

    /// The previous elements of a result that is overwritten do not matter, even if they are NaN.
    @Test(arguments: kernels, Form.allCases)
    func anOverwrittenResultIsNotRead(kernel: String, form: Form) {
      let example = Example(Shape(rows: 30, columns: 39, inner: 6, form: form))
      example.target.fill(.nan)
      example.multiply(Self.products(kernel, threads: 2), overwriting: true)
      #expect(!example.target.elements.contains { !$0.isFinite })
    }

    /// A number that is not finite reaches each sum that it is a term of, and no other.
    @Test(arguments: kernels, Form.allCases)
    func whatIsNotFiniteReachesItsSums(kernel: String, form: Form) {
      for number in [Float.nan, .infinity] {
        let example = Example(Shape(rows: 14, columns: 35, inner: 5, form: form))
        let place = form == .weightGradient ? (4, 3) : (3, 4)
        example.a[place.0, place.1] = number
        example.multiply(Self.products(kernel, threads: 1), overwriting: true)
        for row in 0..<14 {
          let isFinite = example.target.rows(row..<row + 1).elements.map(\.isFinite)
          #expect(isFinite == [Bool](repeating: row != 3, count: 35))
        }
      }
    }

    /// Halfway between two numbers, next to halfway, denormal, the largest, and not finite.
    @Test(arguments: kernels)
    func roundsToNearestEven(kernel: String) {
      let patterns: [UInt32] = [0, 0x3f80_0000, 0x3f81_0000, 0x7f7f_0000, 0x0080_0000, 0x007f_0000]
      let tails: [UInt32] = [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff]
      var numbers = patterns.flatMap { pattern in tails.map { Float(bitPattern: pattern | $0) } }
      numbers += numbers.map { -$0 } + [.infinity, -.infinity]
      let ones = Matrix(rows: 1, columns: 1)
      ones[0, 0] = 1
      for number in numbers {
        let (a, c) = (Matrix(rows: 1, columns: 1), Matrix(rows: 1, columns: 1))
        a[0, 0] = number
        let products = Self.products(kernel, threads: 1)
        products.reserve(rows: 1, columns: 1, inner: 1)
        products.multiply(
          a.view, ones.view, transposingB: false, into: c.view, overwriting: true
        ) { _ in }
        // A sum begins at zero, which has no sign.
        #expect(c[0, 0] == NaiveBFloat16.rounded(number), "\(number)")
      }
    }

    /// Products and sums below the smallest normal number become zero, in the order of the steps.
    @Test(arguments: kernels)
    func denormalSumsAreZero(kernel: String) {
      let tiny: Float = 0x1p-64
      // Each row is one sum of two terms: the second product is added first.
      let rows: [[Float]] = [
        [tiny, 0], [0, tiny], [2 * tiny, -tiny], [-2 * tiny, 3 * tiny], [3 * tiny, 2 * tiny],
        [8 * tiny, tiny], [tiny, 8 * tiny],
      ]
      let a = Matrix(rows: rows.count, columns: 2)
      for (row, numbers) in rows.enumerated() { (a[row, 0], a[row, 1]) = (numbers[0], numbers[1]) }
      let b = Matrix(rows: 1, columns: 2)
      (b[0, 0], b[0, 1]) = (tiny, tiny)
      let c = Matrix(rows: rows.count, columns: 1)
      let products = Self.products(kernel, threads: 1)
      products.reserve(rows: rows.count, columns: 1, inner: 2)
      products.multiply(a.view, b.view, transposingB: true, into: c.view, overwriting: true) { _ in
      }
      let expected = rows.map { NaiveBFloat16.sum($0, [tiny, tiny], addingTo: nil) }
      #expect(c.view.elements == expected)
      #expect(expected.contains(0) && expected.contains { $0 != 0 })
    }

    /// Shorter batches have longer k-blocks: there is room for these too.
    @Test(arguments: kernels)
    func thereIsRoomForTheLongerBlockOfAShorterBatch(kernel: String) {
      let most = ProductBlocking.maxSteps
      let products = Self.products(kernel, threads: 2)
      products.reserveSums(rows: 30, columns: 40, batch: most + 2, vectors: 1)
      products.allocate()
      let example = Example(Shape(rows: 30, columns: 40, inner: most, form: .weightGradient))
      products.sum(example.a, example.b, vectors: 1, into: example.target, overwriting: true)
      let expected = Example(Shape(rows: 30, columns: 40, inner: most, form: .weightGradient))
      expected.multiply(Self.products(kernel, threads: 1), overwriting: true)
      #expect(example.c.view.elements == expected.c.view.elements)
    }
  }
#endif
