import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Analysis

@Suite struct NumpyAgreementTests {
  private let numpy: Fixture
  private let pool = WorkerPool(threads: 2)
  private let close = Tolerance(absolute: 1e-12, relative: 1e-9)
  private let fields = ["a", "b", "c"]

  init() throws { numpy = try Fixture.load() }

  private func collapse(batch: Int = 7, threads: Int = 2) throws -> CollapseResult {
    let rows = Matrix.of(numpy.right)
    let table = Matrix.of(numpy.table)
    let analysis = try CollapseAnalysis(
      run: .example(), fields: fields, columns: 6, pool: WorkerPool(threads: threads))
    return try withExtendedLifetime((rows, table)) {
      for start in stride(from: 0, to: rows.rows, by: batch) {
        try analysis.add(rows.view.rows(start..<min(rows.rows, start + batch)))
      }
      return try analysis.finish(tables: [
        FieldTable(name: "a", table: table.view, seen: numpy.seen)
      ])
    }
  }

  private func redundancy() throws -> RedundancyResult {
    let analysis = try RedundancyAnalysis(run: .example(), fields: fields, columns: 6, pool: pool)
    let (left, right) = (Matrix.of(numpy.left), Matrix.of(numpy.right))
    try withExtendedLifetime((left, right)) { try analysis.add(left: left.view, right: right.view) }
    return try analysis.finish()
  }

  private func expect(_ spectrum: Spectrum, equals expected: Fixture.NumpySpectrum, label: String) {
    // A value that numpy calls zero may come out as rounding of the largest.
    let rounding = Tolerance(absolute: 1e-12 * expected.values[0], relative: 1e-9)
    expectClose(spectrum.values, expected.values, rounding, label)
    expectClose(spectrum.informationAbundance, expected.informationAbundance, close, label)
    #expect(spectrum.count(reaching: 0.98) == expected.count98)
    for (log, numpyLog) in zip(spectrum.logNormalized, expected.logNormalized) {
      if let numpyLog { expectClose(log, numpyLog, close, label) } else { #expect(log < -25) }
    }
  }

  @Test func covarianceAndItsSpectrumEqualNumpys() throws {
    let result = try collapse()
    #expect(result.rows == 60)
    expectClose(result.covariance.elements, numpy.covariance.flatMap(\.self), close)
    expect(result.spectrum, equals: numpy.covarianceSpectrum, label: "covariance")
    expectClose(result.spectrum.rankMe, numpy.covarianceSpectrum.rankme, close)
    #expect(result.constantDimensions == numpy.constantRight)
  }

  @Test func rankMeOfTheRepresentationEqualsNumpys() throws {
    let result = try collapse()
    // Through the Gram matrix, a value below √ε of the largest is lost; RankMe does not see it.
    expectClose(
      result.uncentred.values, numpy.uncentredSpectrum.values,
      Tolerance(absolute: 1e-6, relative: 1e-9))
    expectClose(
      result.uncentred.rankMe, numpy.uncentredSpectrum.rankme,
      Tolerance(absolute: 0, relative: 1e-6))
  }

  @Test func spectrumOfTheRowsThatTrainingTouchedEqualsNumpys() throws {
    let field = try collapse().fields[0]
    #expect(field.rowsSeen == numpy.seen.count && field.tableRows == 40 && field.attainable == 4)
    expect(field.spectrum, equals: numpy.tableSpectrum, label: "table")
    expectClose(field.spectrum.rankMe, numpy.tableSpectrum.rankme, close)
  }

  @Test func correlationAndItsMeasuresEqualNumpys() throws {
    let result = try redundancy()
    expectClose(result.correlation.elements, numpy.pearson.flatMap(\.self), close)
    expectClose(result.fieldMeans.elements, numpy.fields.flatMap(\.self), close)
    expectClose(try #require(result.meanOffDiagonal), numpy.meanOffDiagonal, close)
    expectClose(try #require(result.meanOffOwnField), numpy.meanOffOwnField, close)
    #expect(result.share(above: 0.1) == numpy.shareAboveTenth)
    #expect(result.share(above: 0.5) == numpy.shareAboveHalf)
  }

  @Test func constantColumnsAreCountedAndCorrelateZero() throws {
    let result = try redundancy()
    #expect(result.constantLeft == numpy.constantLeft && result.constantLeft == 1)
    #expect(result.constantRight == numpy.constantRight && result.constantRight == 1)
    for index in 0..<6 {
      #expect(result.correlation[2, index] == 0)
      #expect(result.correlation[index, 4] == 0)
    }
  }

  @Test func resultsDependNeitherOnThreadsNorOnBatches() throws {
    let expected = try collapse(batch: 60, threads: 1)
    for threads in 1...3 {
      let result = try collapse(batch: 11, threads: threads)
      #expect(result.covariance == expected.covariance)
      #expect(result.spectrum == expected.spectrum)
      #expect(result.uncentred == expected.uncentred)
      #expect(result.fields == expected.fields)
    }
  }
}
