import Glibc
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Analysis

@Suite struct NumpyAgreementTests {
  private let numpy: Fixture
  private let close = Tolerance(absolute: 1e-12, relative: 1e-9)

  init() throws { numpy = try Fixture.load() }

  /// Analyses two layers whose sources are the fixture's operands, in batches.
  private func analyse(
    _ centring: Centring = .covariance, batch: Int = 7, threads: Int = 2
  ) throws -> [any AnalysisResult] {
    let (left, right) = (Matrix.of(numpy.left), Matrix.of(numpy.right))
    let table = Matrix.of(numpy.table)
    var run = AnalysedRun.example(
      "fm", .discriminative, fields: 3, pool: WorkerPool(threads: threads))
    run.tables = { [numpy] in [FieldTable(name: "a", table: table.view, seen: numpy.seen)] }
    func snapshot(_ rows: Range<Int>) -> Snapshot {
      .of(rows: rows.count) { place in
        switch place {
        case .left, .encoder(0): left.view.rows(rows)
        case .embedding, .right, .encoder(1): right.view.rows(rows)
        default: nil
        }
      }
    }
    return try withExtendedLifetime((left, right, table)) {
      let pass = try SharedPass(
        run,
        [
          CollapseAnalysis(representations: [], centring: centring).job(),
          RedundancyAnalysis().job(),
        ], first: snapshot(0..<1))
      for start in stride(from: 0, to: left.rows, by: batch) {
        try pass.add(snapshot(start..<min(left.rows, start + batch)))
      }
      return try pass.finish()
    }
  }

  private func representation(_ name: String, _ results: [any AnalysisResult]) throws
    -> RepresentationSpectrum
  {
    try #require(results.collapse?.representations.first { $0.name == name })
  }

  private func expect(_ spectrum: Spectrum, equals expected: Fixture.NumpySpectrum, label: String) {
    // A zero of numpy may be a rounding error of the largest value here.
    let rounding = Tolerance(absolute: 1e-14 * expected.values[0], relative: 1e-9)
    expectClose(spectrum.values, expected.values, rounding, label)
    expectClose(spectrum.sum, expected.sum, close, label)
    expectClose(spectrum.informationAbundance, expected.informationAbundance, close, label)
    expectClose(spectrum.effectiveRank, expected.effectiveRank, close, label)
    #expect(spectrum.count(reaching: 0.98) == expected.count98)
    for (log, numpyLog) in zip(spectrum.logNormalized, expected.logNormalized) {
      if let numpyLog, numpyLog > -25 {
        expectClose(log, numpyLog, close, label)
      } else {
        #expect(log < -25)
      }
    }
    if let condition = expected.conditionNumber, condition < 1e9 {
      expectClose(spectrum.conditionNumber, condition, Tolerance(absolute: 0, relative: 1e-6))
    } else {
      #expect(spectrum.conditionNumber > 1e9)
    }
  }

  @Test func covarianceAndItsSpectrumEqualThoseOfNumPy() throws {
    let found = try representation("embedding", analyse())
    #expect(found.rows == 60 && found.dimensions == 6)
    expectClose(found.covariance.elements, numpy.covariance.flatMap(\.self), close)
    expect(found.spectrum, equals: numpy.covarianceSpectrum, label: "covariance")
    #expect(found.deadDimensions == numpy.covarianceSpectrum.dead)
    #expect(found.constantDimensions == numpy.constantRight)
    expectClose(
      found.own.rankMe, numpy.uncentredSpectrum.rankme, Tolerance(absolute: 0, relative: 1e-6))
  }

  @Test func singularValuesOfUncentredRowsEqualThoseOfNumPy() throws {
    let found = try representation("embedding", analyse(.raw))
    expect(found.spectrum, equals: numpy.uncentredSpectrum, label: "rows")
    expectClose(found.own.rankMe, numpy.uncentredSpectrum.rankme, close)
    #expect(found.deadDimensions == numpy.uncentredSpectrum.dead)
  }

  @Test func layersAreStackedAsSamplesAndAnalysedOneByOne() throws {
    let results = try analyse()
    #expect(
      results.collapse?.representations.map(\.name)
        == ["embedding", "encoder", "encoder.0", "encoder.1"])
    let stacked = try representation("encoder", results)
    #expect(stacked.rows == 120)
    expect(stacked.spectrum, equals: numpy.stackedCovarianceSpectrum, label: "stacked")
    expectClose(
      stacked.own.rankMe, numpy.stackedUncentredSpectrum.rankme,
      Tolerance(absolute: 0, relative: 1e-6))
    #expect(
      try representation("encoder.1", results).spectrum
        == representation("embedding", results).spectrum)
    expect(
      try representation("encoder", analyse(.raw)).spectrum,
      equals: numpy.stackedUncentredSpectrum, label: "stacked rows")
  }

  /// A model may compute what a place shows on its pool, which none of its own tasks may use.
  @Test(arguments: [Centring.covariance, .raw])
  func placesAreReadByTheThreadThatRunsTheAnalysis(centring: Centring) throws {
    let caller = pthread_self()
    let matrices = (0..<9).map { _ in Matrix.of(numpy.left) }
    let run = AnalysedRun.example(
      "fm", .discriminative, fields: 3, pool: WorkerPool(threads: 4))
    let snapshot = Snapshot.of(rows: matrices[0].rows) { place in
      #expect(pthread_equal(pthread_self(), caller) != 0, "\(place)")
      switch place {
      case .embedding, .left, .right: return matrices[8].view
      case .encoder(let layer) where layer < 8: return matrices[layer].view
      default: return nil
      }
    }
    let analysis = CollapseAnalysis(
      representations: (0..<8).map { "encoder.\($0)" }, centring: centring)
    try withExtendedLifetime(matrices) {
      let pass = try SharedPass(run, [analysis.job()], first: snapshot)
      for _ in 0..<200 { try pass.add(snapshot) }
    }
  }

  /// Several threads read the same factors for the stacked representation and its single layers.
  @Test func representationsThatShareRowsAreReproducible() throws {
    let first = try analyse(.raw).collapse?.representations.map(\.spectrum)
    for _ in 0..<300 {
      #expect(try analyse(.raw, threads: 4).collapse?.representations.map(\.spectrum) == first)
    }
  }

  @Test func spectraOfTouchedRowsEqualThoseOfNumPy() throws {
    let field = try #require(analyse().collapse?.fields.first)
    #expect(field.rowsSeen == numpy.seen.count && field.tableRows == 40 && field.attainable == 4)
    expect(field.own, equals: numpy.tableSpectrum, label: "table")
    expect(field.spectrum, equals: numpy.tableCovarianceSpectrum, label: "table's covariance")
    expectClose(field.own.rankMe, numpy.tableSpectrum.rankme, close)
    #expect(field.deadDimensions == numpy.tableCovarianceSpectrum.dead)
    let raw = try #require(analyse(.raw).collapse?.fields.first)
    #expect(raw.spectrum == raw.own && raw.deadDimensions == numpy.tableSpectrum.dead)
  }

  @Test func correlationsAndTheirMeasuresEqualThoseOfNumPy() throws {
    let result = try #require(analyse().redundancy)
    #expect(result.matrices.map(\.name) == ["between", "within_left", "within_right"])
    for (found, expected) in zip(
      result.matrices.map(\.matrix), [numpy.between, numpy.withinLeft, numpy.withinRight])
    {
      expectClose(found.correlation.elements, expected.r.flatMap(\.self), close)
      #expect(found.leftOutPairs == expected.pairsLeftOut && found.leftOutPairs > 0)
      expectClose(found.fieldMeans.elements, expected.fields.flatMap(\.self), close)
      expectClose(try #require(found.meanOwnField), expected.meanOwnField, close)
      expectClose(try #require(found.meanOffDiagonal), expected.meanOffDiagonal, close)
      expectClose(try #require(found.meanOffOwnField), expected.meanOffOwnField, close)
      #expect(found.shareAboveTenth == expected.shareAboveTenth)
      #expect(found.shareAboveHalf == expected.shareAboveHalf)
      expectClose(found.frobeniusNorm, expected.frobenius, close)
      expectClose(found.barlowTwinsSum, expected.barlowTwins, close)
    }
  }

  @Test func measuresOfOperandsWithDifferentFieldsEqualThoseOfNumPy() throws {
    for (expected, left, right) in [
      (numpy.betweenLater, 0..<3, 1..<3), (numpy.withinEarlier, 0..<2, 0..<2),
    ] {
      let correlation = DoubleMatrix(
        rows: expected.r.count, columns: expected.r[0].count, elements: expected.r.flatMap(\.self))
      // Column 2 of the left operand and 4 of the right one are constant: between them, the right
      // operand begins at column 2.
      let found = RedundancyMatrix(
        correlation, left: left, right: right, constantRows: [2], constantColumns: [2])
      #expect(found.leftOutPairs == expected.pairsLeftOut)
      expectClose(found.fieldMeans.elements, expected.fields.flatMap(\.self), close)
      expectClose(try #require(found.meanOwnField), expected.meanOwnField, close)
      expectClose(try #require(found.meanOffDiagonal), expected.meanOffDiagonal, close)
      expectClose(try #require(found.meanOffOwnField), expected.meanOffOwnField, close)
      expectClose(try #require(found.shareAboveTenth), expected.shareAboveTenth, close)
      expectClose(found.frobeniusNorm, expected.frobenius, close)
      expectClose(found.barlowTwinsSum, expected.barlowTwins, close)
    }
  }

  @Test func constantColumnsAreCountedAndHaveNoCorrelations() throws {
    let result = try #require(analyse().redundancy)
    #expect(result.constantLeft == numpy.constantLeft && result.constantLeft == 1)
    #expect(result.constantRight == numpy.constantRight && result.constantRight == 1)
    for index in 0..<6 {
      #expect(result.between.correlation[2, index] == 0)
      #expect(result.between.correlation[index, 4] == 0)
      #expect(result.withinLeft.correlation[2, index] == 0)
    }
  }

  @Test func resultsDependOnNeitherThreadsNorBatches() throws {
    let expected = try analyse(batch: 60, threads: 1)
    for threads in 1...3 {
      let results = try analyse(batch: 11, threads: threads)
      #expect(results.collapse?.fields == expected.collapse?.fields)
      #expect(
        results.collapse?.representations.map(\.spectrum)
          == expected.collapse?.representations.map(\.spectrum))
      #expect(results.redundancy?.between == expected.redundancy?.between)
    }
  }
}
