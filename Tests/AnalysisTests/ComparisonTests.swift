import Foundation
import FoundationXML
import Models
import TestSupport
import Testing

@testable import Analysis

@Suite struct ComparisonTests {
  /// Results of numpy by DeLong's definition over all pairs of rows, and of scipy's paired test.
  private struct Reference: Decodable {
    let first: [Double]
    let second: [Double]
    let clicked: [Bool]
    let areas: [Double]
    let covariance: [[Double]]
    let z: Double
    let z_p: Double
    let area_half_width: Double
    let logloss: [Double]
    let logloss_half_width: Double
    let t: Double
    let t_p: Double
    let t_lower: Double
    let t_upper: Double
  }

  private let close = Tolerance(absolute: 1e-12, relative: 1e-9)

  private func references() throws -> [Reference] {
    try JSONDecoder().decode([Reference].self, from: Fixture.data("comparison"))
  }

  private func scores(
    _ name: String, _ paradigm: Paradigm, _ logits: [Double], _ clicked: [Bool]
  ) -> HeldOutScores {
    var scores = HeldOutScores(.example(name, paradigm))
    for (row, logit) in logits.enumerated() {
      scores.add(position: UInt64(row), clicked: clicked[row], logit: logit)
    }
    return scores
  }

  private func comparison(_ reference: Reference) throws -> Comparison {
    try Comparison([
      scores("a", .discriminative, reference.first, reference.clicked),
      scores("b", .generative, reference.second, reference.clicked),
    ])
  }

  @Test func areasAndCovariancesEqualTheDefinitionOverAllPairsOfRows() throws {
    for reference in try references() {
      let delong = try #require(
        DeLong(scores: [reference.first, reference.second], clicked: reference.clicked))
      expectClose(delong.areas, reference.areas, close)
      expectClose(delong.covariance.flatMap(\.self), reference.covariance.flatMap(\.self), close)
    }
  }

  @Test func testsAndIntervalsEqualThoseOfSciPy() throws {
    for reference in try references() {
      let found = try comparison(reference)
      let pair = found.pairs[0]
      let auc = try #require(pair.auc)
      expectClose(auc.statistic, reference.z, close)
      expectClose(auc.pValue, reference.z_p, close)
      let area = try #require(found.runs[0].auc)
      expectClose(area.upper - area.value, reference.area_half_width, close)
      expectClose(found.runs.map(\.logloss.value), reference.logloss, close)
      expectClose(
        found.runs[0].logloss.value - found.runs[0].logloss.lower, reference.logloss_half_width,
        close)
      expectClose(pair.logloss.statistic, reference.t, close)
      expectClose(pair.logloss.pValue, reference.t_p, close)
      expectClose(pair.logloss.estimate.lower, reference.t_lower, close)
      expectClose(pair.logloss.estimate.upper, reference.t_upper, close)
    }
  }

  @Test func aRunComparedWithItselfHasNoDifferenceAndAPValueOfOne() throws {
    let reference = try references()[0]
    let found = try Comparison([
      scores("a", .generative, reference.first, reference.clicked),
      scores("a", .generative, reference.first, reference.clicked),
    ])
    let auc = try #require(found.pairs[0].auc)
    #expect(auc.statistic == 0 && auc.pValue == 1)
    #expect(found.pairs[0].logloss.statistic == 0 && found.pairs[0].logloss.pValue == 1)
    #expect(found.labelled().runs.map(\.run.name) == ["a", "a (2)"])
  }

  @Test func onlyTheGivenPairsAreComparedAndCorrected() throws {
    let reference = try references()[1]
    let runs = [reference.first, reference.second, reference.first.map { $0 * $0 }].map {
      scores("r", .generative, $0, reference.clicked)
    }
    let all = try Comparison(runs)
    let some = try Comparison(runs, pairs: [(2, 0), (2, 1)])
    #expect(all.pairs.map { [$0.first, $0.second] } == [[0, 1], [0, 2], [1, 2]])
    #expect(some.pairs.map { [$0.first, $0.second] } == [[2, 0], [2, 1]])
    for comparison in [all, some] {
      let plain = comparison.pairs.compactMap { $0.auc?.pValue }
      #expect(comparison.pairs.compactMap { $0.auc?.correctedPValue } == Holm.adjusted(plain))
      #expect(
        comparison.pairs.map(\.logloss.correctedPValue)
          == Holm.adjusted(comparison.pairs.map(\.logloss.pValue)))
    }
    #expect(some.pairs[0].auc?.estimate.value == -(all.pairs[1].auc?.estimate.value ?? 0))
  }

  @Test func monotoneMapsOfTheScoresDoNotChangeTheArea() throws {
    let reference = try references()[1]
    let mapped = reference.first.map { exp($0) + 7 }
    let delong = try #require(
      DeLong(scores: [reference.first, mapped], clicked: reference.clicked))
    #expect(delong.areas[0] == delong.areas[1])
    #expect(delong.variance(ofDifference: 0, 1) == 0)
  }

  @Test func midranksOfEqualNumbersAreTheirMean() {
    #expect(Midranks.of([3, 1, 3, 2, 3]) == [4, 1, 4, 2, 4])
    #expect(Midranks.of([]).isEmpty)
  }

  @Test func aucIsUndefinedForASingleClassAndLoglossIsNot() throws {
    let rows = [Bool](repeating: false, count: 5)
    let found = try Comparison([
      scores("a", .generative, [1, 2, 3, 4, 5], rows),
      scores("b", .generative, [0, 0, 0, 0, 0], rows),
    ])
    #expect(found.runs[0].auc == nil && found.pairs[0].auc == nil)
    expectClose(found.runs[1].logloss.value, log(2), .exact)
    #expect(ComparisonReport.summary(found).pretty.contains("\"AUC\": null"))
  }

  @Test func runsEvaluatedOnOtherRowsAreRefused() throws {
    let first = scores("a", .generative, [1, 2, 3], [true, false, true])
    let failure = ComparisonFailure.otherRows(
      run: "b", than: "a", found: "row 1 clicked", expected: "row 1 not clicked")
    #expect(throws: failure) {
      try Comparison([first, scores("b", .generative, [1, 2, 3], [true, true, true])])
    }
    #expect(
      failure.description
        == "b: its held-out rows are not those of a: found row 1 clicked, expected row 1 not clicked; "
        + "compare runs of the same split, or give --data")
    #expect(throws: ComparisonFailure.self) {
      try Comparison([first, scores("b", .generative, [1, 2], [true, false])])
    }
    #expect(throws: ComparisonFailure.tooFewRows(found: 1)) {
      try Comparison([scores("a", .generative, [1], [true])])
    }
  }

  @Test func theReportContainsTheChartAndItsNumbers() throws {
    let found = try comparison(references()[1])
    try withFolder { folder in
      try ComparisonReport.write(found, to: folder)
      #expect(
        Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == [
          "comparison.csv", "differences.csv", "summary.json", "comparison.svg", "report.html",
        ])
      let svg = try String(contentsOfFile: folder + "/comparison.svg", encoding: .utf8)
      #expect(XMLParser(data: Data(svg.utf8)).parse())
      let table = try String(contentsOfFile: folder + "/comparison.csv", encoding: .utf8)
      let area = try #require(found.runs[1].auc)
      #expect(table.contains("b,generative,fm,400,\(area.value),\(area.lower),\(area.upper),"))
    }
  }
}
