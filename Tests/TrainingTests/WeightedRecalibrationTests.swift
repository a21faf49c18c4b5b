import LinearAlgebra
import TestSupport
import Testing

@testable import Training

@Suite struct WeightedRecalibrationTests {
  private func counts(
    _ logits: [Scalar], _ labels: [Float], _ weights: [Float], rate: Double = 1
  ) throws -> LogitCounts {
    var counts = LogitCounts(weighting: RowWeighting(negativeRate: rate, isWeighted: true))
    try CalibrationRows.column(logits) { view in
      try weights.withUnsafeBufferPointer {
        try counts.add(logits: view, labels: labels, weights: $0.baseAddress)
      }
    }
    return counts
  }

  @Test func curvesEqualThoseOfScikitLearn() throws {
    let rows = try WeightedRows.load()
    var counts = try counts(rows.logits, rows.labels, rows.weights)
    let expected = rows.recalibrations
    let curve = IsotonicRegression(counts.sorted())
    expectClose(curve.logits, expected.isotonic_logits, .exact)
    expectClose(curve.probabilities, expected.isotonic_probabilities, .exact)
    let line = PlattScaling(counts.sorted())
    // Its minimiser stops where the gradient is small.
    let tolerance = Tolerance(absolute: 1e-5, relative: 1e-5)
    expectClose(line.slope, expected.platt_slope, tolerance)
    expectClose(line.intercept, expected.platt_intercept, tolerance)
  }

  @Test(arguments: Recalibration.Method.allCases)
  func wholeWeightsCountAsRepeatedRows(method: Recalibration.Method) throws {
    let (logits, labels, weights) = WeightedRows.random(500, seed: 1)
    let whole = weights.map { ($0 * 8).rounded() }
    let repeated = logits.indices.flatMap { Array(repeating: $0, count: Int(whole[$0])) }
    let with = try Recalibration(
      method, counts(logits, labels, whole), of: "valid", weights: "a", run: "r")
    let without = try CalibrationRows.fitted(
      method, repeated.map { logits[$0] }, repeated.map { labels[$0] })
    let probe = (0..<50).map { Scalar($0) / 5 - 6 }
    expectClose(
      CalibrationRows.applied(with, probe).map { Double($0) },
      CalibrationRows.applied(without, probe).map { Double($0) },
      Tolerance(absolute: 1e-5, relative: 1e-5))
    #expect(with.rows == 500 && with.positives == labels.count { $0 == 1 })
  }

  @Test func aNegativeOfSampledRowsCountsForThoseLeftOut() throws {
    let (logits, labels, _) = WeightedRows.random(500, seed: 2)
    let ones = [Float](repeating: 1, count: 500)
    let weights = labels.map { Float($0 == 1 ? 1 : 4) }
    for method in Recalibration.Method.allCases {
      let sampled = try Recalibration(
        method, counts(logits, labels, ones, rate: 0.25), of: "valid", weights: "a", run: "r")
      let weighted = try Recalibration(
        method, counts(logits, labels, weights), of: "valid", weights: "a", run: "r")
      #expect(sampled == weighted)
    }
  }

  @Test func aClassWithoutWeightIsRefused() throws {
    let failure = RecalibrationFailure.noWeight(run: "runs/a", split: "valid")
    #expect(throws: failure) {
      try Recalibration(
        .platt, counts([0, 1, 2], [1, 0, 0], [1, 0, 0]), of: "valid", weights: "a", run: "runs/a")
    }
    #expect(
      failure.description
        == "runs/a: --recalibrate: found valid rows whose clicks or other rows all have weight 0, "
        + "expected rows of both classes with weight; check the column of dataset.weight")
  }
}
