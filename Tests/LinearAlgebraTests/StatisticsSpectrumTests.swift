import Glibc
import LinearAlgebra
import Platform
import TestSupport
import Testing

@Suite struct StatisticsSpectrumTests {
  private func streamed(_ matrix: Matrix) throws -> [Double] {
    let factor = StreamingQR(columns: matrix.columns)
    for row in 0..<matrix.rows { try factor.add(matrix.view.row(row)) }
    return try factor.singularValues()
  }

  private func doubles(_ matrix: Matrix) -> DoubleMatrix {
    DoubleMatrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.view.doubles)
  }

  @Test func singularValuesOfADiagonalAreItsMagnitudesInDescendingOrder() throws {
    var matrix = DoubleMatrix(rows: 3, columns: 4)
    matrix[0, 1] = -2
    matrix[1, 0] = 0.5
    matrix[2, 3] = 7
    expectClose(try SingularValues.of(matrix), [7, 2, 0.5], .exact)
  }

  @Test func singularValuesOfASymmetricMatrixAreTheMagnitudesOfItsEigenvalues() throws {
    // [[1, 2], [2, 1]] has the eigenvalues 3 and -1.
    let matrix = DoubleMatrix(rows: 2, columns: 2, elements: [1, 2, 2, 1])
    expectClose(try SingularValues.of(matrix), [3, 1], .exact)
  }

  @Test func singularValuesEqualTheRootsOfTheGramMatrixsEigenvalues() throws {
    let matrix = Matrix.random(1700, 20, seed: 1)
    let accumulator = MomentAccumulator(columns: 20, pool: WorkerPool(threads: 2))
    accumulator.add(matrix.view)
    let roots = try SingularValues.of(accumulator.finish().gram).map { ($0 * 1700).squareRoot() }
    expectClose(
      try SingularValues.of(doubles(matrix)), roots,
      Tolerance(absolute: 1e-10, relative: 1e-10))
  }

  // 80 columns: LAPACK factorises that many in blocks.
  @Test(arguments: [1, 5, 16, 1023, 1024, 1025, 5000], [1, 16, 80])
  func streamedSingularValuesEqualThoseOfTheWholeTable(rows: Int, columns: Int) throws {
    let matrix = Matrix.random(rows, columns, seed: 2)
    let whole = try SingularValues.of(doubles(matrix))
    let missing = [Double](repeating: 0, count: max(columns - rows, 0))
    expectClose(try streamed(matrix), whole + missing, Tolerance(absolute: 1e-12, relative: 1e-12))
  }

  @Test func streamedSingularValuesKeepWhatTheGramMatrixLoses() throws {
    // Two columns that differ by 2⁻²⁰·w: for v with 4096 entries ±1 and an independent w of the
    // same kind with ⟨v, w⟩ = 0, the Gram matrix is 4096·[[1, 1], [1, 1 + h²]] with h = 2⁻²⁰.
    let matrix = Matrix(rows: 4096, columns: 2)
    let step = 0x1p-20
    for row in 0..<4096 {
      let v = row % 2 == 0 ? 1.0 : -1
      let w = row % 4 < 2 ? 1.0 : -1
      matrix[row, 0] = Scalar(v)
      matrix[row, 1] = Scalar(v + step * w)
    }
    // σ₁σ₂ = √det = 4096·h and σ₁² + σ₂² = 4096·(2 + h²).
    let expected = 4096 * step / (4096 * (2 + step * step)).squareRoot()
    expectClose(try streamed(matrix)[1], expected, Tolerance(absolute: 0, relative: 1e-9))
  }

  @Test func aValueThatIsNotFiniteIsReported() throws {
    var matrix = DoubleMatrix(rows: 2, columns: 3)
    matrix[1, 2] = .nan
    let failure = DecompositionFailure.notFinite(row: 1, column: 2)
    #expect(throws: failure) { try SingularValues.of(matrix) }
    #expect(
      failure.description
        == "singular values: row 1, column 2 is not finite, expected finite numbers; "
        + "has training diverged?")
  }

  @Test func evenSpectrumUsesEveryDirectionAndASingleOneUsesOne() {
    let even = Spectrum([3, 3, 3, 3])
    #expect(even.informationAbundance == 4)
    expectClose(even.rankMe, 4, Tolerance(absolute: 1e-5, relative: 0))
    #expect(even.count(reaching: 0.98) == 4)
    let single = Spectrum([5, 0, 0, 0])
    #expect(single.informationAbundance == 1)
    // Three shares of 1e-7 add 3·1e-7·ln(1e7) to the entropy.
    expectClose(single.rankMe, 1, Tolerance(absolute: 1e-5, relative: 0))
    #expect(single.count(reaching: 0.98) == 1)
    #expect(single.logNormalized == [0, -.infinity, -.infinity, -.infinity])
  }

  @Test func measuresIgnoreScale() {
    let spectrum = Spectrum([8, 4, 1, 0.25])
    let scaled = Spectrum(spectrum.values.map { $0 * 0x1p-40 })
    #expect(scaled.informationAbundance == spectrum.informationAbundance)
    #expect(scaled.rankMe == spectrum.rankMe)
    #expect(scaled.logNormalized == spectrum.logNormalized)
    #expect(scaled.count(reaching: 0.98) == 3)
  }

  @Test func aSpectrumOfZerosUsesNoDirection() {
    for spectrum in [Spectrum([]), Spectrum([0, 0])] {
      #expect(spectrum.informationAbundance == 0)
      #expect(spectrum.rankMe == 0)
      #expect(spectrum.count(reaching: 0.98) == 0)
      #expect(spectrum.normalized.allSatisfy { $0 == 0 })
    }
  }
}
