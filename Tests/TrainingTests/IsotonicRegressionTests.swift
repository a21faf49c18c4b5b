import Foundation
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Training

@Suite struct IsotonicRegressionTests {
  @Test func theCurveEqualsThatOfScikitLearn() throws {
    var counts = try CalibrationRows.counts(
      CalibrationRows.reference.logits, CalibrationRows.reference.clicks)
    let curve = IsotonicRegression(counts.sorted())
    // IsotonicRegression(out_of_bounds="clip").fit(logits, clicks): X_thresholds_, y_thresholds_.
    // Its 0 and 1 are here 1/(8 + 2) and (7 + 1)/(7 + 2).
    #expect(curve.logits == [-3, -2.5, -1, -0.5, 0.25, 0.5, 1.5, 2])
    let expected = [0.1, 1 / 3.0, 1 / 3.0, 0.5, 0.5, 2 / 3.0, 2 / 3.0, 8 / 9.0]
    #expect(curve.probabilities == expected)
    // predict(…) between its thresholds.
    for (logit, value) in [
      (-2.5, 0.3333333333333333), (-1.25, 0.3333333333333333), (-0.75, 0.41666666666666663),
      (-0.25, 0.5), (0.1, 0.5), (0.3, 0.5333333333333333), (0.75, 0.6666666666666666),
    ] { expectClose(curve.probability(logit), value, .exact) }
    for (logit, value) in [(-5.0, 0.1), (-3, 0.1), (2, 8 / 9), (9, 8 / 9)] {
      #expect(curve.probability(logit) == value)
    }
  }

  /// What a graph interpolates between two knots is the curve, at the knots, between and beyond.
  @Test(arguments: [3, 60, 5000])
  func segmentsAreTheCurve(levels: Int) throws {
    let (logits, clicks) = CalibrationRows.rows(300, seed: 2, levels: levels)
    var counts = try CalibrationRows.counts(logits, clicks)
    let curve = IsotonicRegression(counts.sorted())
    let segments = curve.segments
    #expect(segments.count == curve.logits.count + 1)
    let places = curve.logits + zip(curve.logits, curve.logits.dropFirst()).map { ($0 + $1) / 2 }
    for logit in places + [-1e3, 1e3, (curve.logits.first ?? 0) - 0.1] {
      let segment = segments[curve.logits.count { $0 <= logit }]
      let line = segment.lowest + segment.slope * (logit - segment.start)
      expectClose(
        min(max(line, segment.lowest), segment.highest), curve.probability(logit), .exact)
    }
  }

  @Test(arguments: [3, 10, 60, 5000])
  func pooledBlocksEqualTheMinimaxFormula(levels: Int) throws {
    for seed in 0..<4 {
      let (logits, clicks) = CalibrationRows.rows(300, seed: UInt64(seed), levels: levels)
      var found = try CalibrationRows.counts(logits, clicks)
      let cells = found.sorted()
      let curve = IsotonicRegression(cells)
      let positives = Double(clicks.count { $0 == 1 })
      let low = 1 / (300 - positives + 2)
      let high = (positives + 1) / (positives + 2)
      for (index, naive) in minimax(logits, clicks).enumerated() {
        expectClose(curve.probability(cells[index].logit), min(max(naive, low), high), .exact)
      }
    }
  }

  /// `max over j ≤ i of min over k ≥ i of the click rate of the distinct logits j…k`.
  private func minimax(_ logits: [Scalar], _ clicks: [Float]) -> [Double] {
    let levels = Set(logits).sorted()
    var sums = [(rows: 0.0, clicks: 0.0)]
    for level in levels {
      let tied = logits.indices.filter { logits[$0] == level }
      sums.append(
        (
          sums[sums.count - 1].rows + Double(tied.count),
          sums[sums.count - 1].clicks + Double(tied.count { clicks[$0] == 1 })
        ))
    }
    return levels.indices.map { i in
      (0...i).map { j in
        (i..<levels.count).map { k in
          (sums[k + 1].clicks - sums[j].clicks) / (sums[k + 1].rows - sums[j].rows)
        }.min() ?? 0
      }.max() ?? 0
    }
  }
}
