import Foundation
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Training

@Suite struct WeightedMetricsTests {
  private let tolerance = Tolerance(absolute: 1e-12, relative: 1e-11)

  private func expect(_ metrics: Metrics, equals expected: [String: Double]) throws {
    let found = metrics.byName.merging(["weight": try #require(metrics.weight)]) { $1 }
    #expect(found.keys.sorted() == expected.keys.sorted())
    for (name, value) in expected { expectClose(found[name] ?? .nan, value, tolerance) }
  }

  @Test func metricsEqualThoseOfScikitLearn() throws {
    let rows = try WeightedRows.load()
    let found = try WeightedRows.measure(rows.logits, rows.labels, rows.weights)
    try expect(found.metrics, equals: rows.metrics)
    #expect(found.metrics.rows == 400)
    #expect(found.metrics.positives == rows.labels.count { $0 == 1 })
  }

  @Test func metricsOfSampledRowsEqualThoseOfScikitLearn() throws {
    let rows = try WeightedRows.load()
    let found = try WeightedRows.measure(
      rows.logits, rows.labels, rows.weights, rate: rows.sampled_rate,
      shift: log(rows.sampled_rate))
    try expect(found.metrics, equals: rows.sampled_metrics)
  }

  /// The weighted AUC by its definition: every pair of both classes, ties half.
  @Test(arguments: 0..<6)
  func aucEqualsTheSumOverPairs(seed: Int) throws {
    let (logits, labels, weights) = WeightedRows.random(257, seed: UInt64(seed))
    var (ordered, pairs) = (0.0, 0.0)
    for positive in logits.indices where labels[positive] == 1 {
      for negative in logits.indices where labels[negative] == 0 {
        let weight = Double(weights[positive]) * Double(weights[negative])
        pairs += weight
        if logits[negative] < logits[positive] { ordered += weight }
        if logits[negative] == logits[positive] { ordered += weight / 2 }
      }
    }
    let auc = try WeightedRows.measure(logits, labels, weights).metrics.auc
    expectClose(try #require(auc), ordered / pairs, .exact)
  }

  @Test func weightsOfOneGiveTheBitsOfRowsWithoutWeights() throws {
    let (logits, labels, _) = WeightedRows.random(5000, seed: 1)
    let ones = [Float](repeating: 1, count: 5000)
    for rate in [1, 0.1] {
      let without = try WeightedRows.measure(logits, labels, nil, rate: rate, shift: log(rate))
      let with = try WeightedRows.measure(logits, labels, ones, rate: rate, shift: log(rate))
      #expect(with.metrics.byName == without.metrics.byName)
      #expect(with.reliability == without.reliability)
    }
  }

  @Test func wholeWeightsCountAsRepeatedRows() throws {
    let (logits, labels, weights) = WeightedRows.random(600, seed: 2)
    let whole = weights.map { ($0 * 8).rounded() }
    let repeated = logits.indices.flatMap { Array(repeating: $0, count: Int(whole[$0])) }
    let with = try WeightedRows.measure(logits, labels, whole).metrics
    let without = try WeightedRows.measure(
      repeated.map { logits[$0] }, repeated.map { labels[$0] }, nil
    ).metrics
    #expect(with.weight == Double(repeated.count))
    for metric in [Metric.auc, .logloss, .calibration, .normalizedEntropy] {
      expectClose(try #require(with[metric]), try #require(without[metric]), tolerance)
    }
  }

  @Test func rowsOfWeightZeroAreCountedAndChangeNothing() throws {
    let (logits, labels, weights) = WeightedRows.random(900, seed: 3)
    let kept = weights.indices.filter { weights[$0] > 0 }
    let all = try WeightedRows.measure(logits, labels, weights)
    let others = try WeightedRows.measure(
      kept.map { logits[$0] }, kept.map { labels[$0] }, kept.map { weights[$0] })
    #expect(kept.count < 900 && all.metrics.rows == 900)
    #expect(all.metrics.byName == others.metrics.byName)
    #expect(all.reliability == others.reliability)
  }

  @Test(arguments: [1, 2, 3], [1, 64, 5000])
  func threadsAndBatchesChangeNoBit(threads: Int, batch: Int) throws {
    let (logits, labels, weights) = WeightedRows.random(5000, seed: 4)
    let found = try WeightedRows.measure(
      logits, labels, weights, rate: 0.3, shift: -1, batch: batch, threads: threads)
    #expect(
      try found == WeightedRows.measure(logits, labels, weights, rate: 0.3, shift: -1))
  }

  @Test func theCorrectionAndTheSampledShareLeaveTheBitsOfTheAUC() throws {
    // Logits so close together that most of them tie once a number is added in single precision.
    let logits = (0..<4000).map { Scalar(1e-9) * Scalar(($0 * 7919) % 4000) }
    let labels = (0..<4000).map { Float($0 % 3 == 0 ? 1 : 0) }
    let auc = try WeightedRows.measure(logits, labels, nil).metrics.auc
    let found = try WeightedRows.measure(logits, labels, nil, rate: 0.1, shift: log(0.1))
    #expect(found.metrics.auc == auc && auc != 0.5)
  }

  @Test func theCorrectionOfACalibratedModelIsCalibratedOnSampledAndOnAllRows() throws {
    // 40 clicks and 400 negatives at probability 1/11 in all rows; a tenth of the negatives is
    // kept.
    let kept = (logits: [Scalar](repeating: 0, count: 80), labels: (0..<80).map { Float($0 % 2) })
    let sampled = try WeightedRows.measure(
      kept.logits, kept.labels, nil, rate: 0.1, shift: log(0.1)
    ).metrics
    let all = try WeightedRows.measure(
      Array(repeating: 0, count: 440), (0..<440).map { Float($0 < 40 ? 1 : 0) }, nil,
      shift: log(0.1)
    ).metrics
    for metric in [Metric.logloss, .calibration, .normalizedEntropy] {
      expectClose(try #require(sampled[metric]), try #require(all[metric]), tolerance)
    }
    expectClose(try #require(all[.calibration]), 1, tolerance)
    #expect(sampled.weight == 440 && all.weight == nil)
  }

  @Test func aClassWithoutWeightLeavesTheAUCUndefined() throws {
    let found = try WeightedRows.measure([0, 1, 2], [1, 0, 0], [1, 0, 0]).metrics
    #expect(found.auc == nil && found.logloss != nil)
    #expect(
      found.warnings(of: "valid").map(\.text) == [
        "valid: AUC is undefined: the clicked or the other rows all have weight 0"
      ])
  }

  @Test func noWeightAtAllDefinesNoMetric() throws {
    let found = try WeightedRows.measure([0, 1], [1, 0], [0, 0])
    #expect(found.metrics.byName.isEmpty && found.reliability.isEmpty)
    #expect(found.metrics.rows == 2 && found.metrics.weight == 0)
  }

  @Test func metricsInACheckpointKeepTheirWeight() throws {
    let (logits, labels, weights) = WeightedRows.random(50, seed: 5)
    let found = try WeightedRows.measure(logits, labels, weights).metrics
    let text = try JSONEncoder().encode(found)
    #expect(try JSONDecoder().decode(Metrics.self, from: text) == found)
  }

  @Test func sampledRowsThatAreCalledCompleteAreSuspected() throws {
    // Predictions 1/11 after the correction, in rows of which half are clicked.
    let labels = (0..<80).map { Float($0 % 2) }
    let found = try WeightedRows.measure(
      Array(repeating: 0, count: 80), labels, nil, shift: log(0.1)
    ).metrics
    #expect(
      found.samplingWarning(of: "test", shift: log(0.1), negativeRate: 1)
        == "test: the click rate is 0.5, the mean corrected prediction 0.09091: if negatives were "
        + "left out of these rows too, add the split to dataset.sampled_splits, or "
        + "--negative-rate to --data")
    #expect(found.samplingWarning(of: "test", shift: log(0.1), negativeRate: 0.1) == nil)
    #expect(found.samplingWarning(of: "test", shift: 0, negativeRate: 1) == nil)
  }
}
