import Foundation
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Training

/// Logits with many ties, and labels that depend on them.
private func ties(_ rows: Int, seed: UInt64, levels: Int) -> (logits: [Scalar], labels: [Float]) {
  let random = CounterRandom(seed: seed, stream: 1)
  let logits = (0..<rows).map {
    Scalar(random.integer(UInt64($0), below: levels) - levels / 2) / 4
  }
  let labels = (0..<rows).map { row -> Float in
    random.uniform(UInt64(rows + row)) < 1 / (1 + exp(-Double(logits[row]))) ? 1 : 0
  }
  return (logits, labels)
}

private func metrics(
  _ logits: [Scalar], _ labels: [Float], batch: Int = 1000, threads: Int = 1
) throws -> Metrics {
  var accumulator = MetricsAccumulator(pool: WorkerPool(threads: threads))
  let column = Matrix(rows: max(logits.count, 1), columns: 1)
  for (row, logit) in logits.enumerated() { column[row, 0] = logit }
  try labels.withUnsafeBufferPointer { labels in
    for start in stride(from: 0, to: logits.count, by: batch) {
      guard let base = labels.baseAddress else { return }
      try accumulator.add(
        logits: column.view.rows(start..<min(start + batch, logits.count)), labels: base + start)
    }
  }
  return accumulator.metrics()
}

/// The AUC by its definition: every pair of a positive and a negative, ties half.
private func countedPairs(_ logits: [Scalar], _ labels: [Float]) -> Double {
  var twice = 0
  var pairs = 0
  for positive in logits.indices where labels[positive] == 1 {
    for negative in logits.indices where labels[negative] == 0 {
      pairs += 1
      if logits[negative] < logits[positive] { twice += 2 }
      if logits[negative] == logits[positive] { twice += 1 }
    }
  }
  return Double(twice) / Double(2 * pairs)
}

/// The AUC by average ranks, O(n log n): `(Σ ranks of positives − P(P + 1)/2) / (P·N)`.
private func averageRanks(_ logits: [Scalar], _ labels: [Float]) -> Double {
  let order = logits.indices.sorted { logits[$0] < logits[$1] }
  var twiceRanks = 0
  var start = 0
  while start < order.count {
    var end = start
    while end < order.count && logits[order[end]] == logits[order[start]] { end += 1 }
    let positives = order[start..<end].count { labels[$0] == 1 }
    // Ranks start + 1 … end, on average (start + end + 1)/2.
    twiceRanks += positives * (start + end + 1)
    start = end
  }
  let positives = labels.count { $0 == 1 }
  let negatives = labels.count - positives
  return Double(twiceRanks - positives * (positives + 1)) / Double(2 * positives * negatives)
}

@Suite struct AUCTests {
  @Test(arguments: [1, 2, 3, 17, 400])
  func aucEqualsTheCountedPairsWithTies(levels: Int) throws {
    for seed in 0..<5 {
      let (logits, labels) = ties(311, seed: UInt64(seed), levels: levels)
      #expect(try metrics(logits, labels, batch: 50).auc == countedPairs(logits, labels))
    }
  }

  @Test func aucIsInvariantUnderMonotoneMaps() throws {
    let (logits, labels) = ties(2000, seed: 3, levels: 100)
    let auc = try metrics(logits, labels).auc
    #expect(try metrics(logits.map { $0 * 3 - 70 }, labels).auc == auc)
    #expect(try metrics(logits.map { $0 * $0 * $0 }, labels).auc == auc)
  }

  @Test func aucOfNegatedLogitsIsTheRest() throws {
    let (logits, labels) = ties(2000, seed: 4, levels: 100)
    let auc = try #require(try metrics(logits, labels).auc)
    let negated = try #require(try metrics(logits.map { -$0 }, labels).auc)
    expectClose(auc + negated, 1, .exact)
  }

  @Test func aucOfAMillionRowsIsExact() throws {
    let random = CounterRandom(seed: 8, stream: 2)
    let labels = (0..<1_000_000).map { Float(random.integer(UInt64($0), below: 4) == 0 ? 1 : 0) }
    let logits = (0..<1_000_000).map {
      Scalar(Float(random.normal(UInt64($0)) + Double(labels[$0]) * 0.7))
    }
    #expect(try metrics(logits, labels).auc == averageRanks(logits, labels))
  }

  @Test(arguments: [1, 2, 3], [97, 1000, 4096])
  func threadsAndBatchesChangeNoBit(threads: Int, batch: Int) throws {
    let (logits, labels) = ties(5000, seed: 9, levels: 1000)
    #expect(try metrics(logits, labels, batch: batch, threads: threads) == metrics(logits, labels))
  }

  @Test func negativeZeroTiesWithZero() throws {
    #expect(try metrics([-0.0, 0.0], [1, 0]).auc == 0.5)
  }

  @Test func extremeLogitsKeepTheirOrder() throws {
    let most = Scalar.greatestFiniteMagnitude
    let least = Scalar.leastNonzeroMagnitude
    let logits: [Scalar] = [-most, -1, -least, 0, least, 1, most]
    for split in 1..<logits.count {
      let labels = logits.indices.map { Float($0 >= split ? 1 : 0) }
      #expect(try metrics(logits, labels).auc == 1)
    }
  }

  @Test func keysReadBackToTheirLogits() {
    let most = Scalar.greatestFiniteMagnitude
    let logits: [Scalar] = [-most, -1.5, -Scalar.leastNonzeroMagnitude, 0, 0.1, 7, most]
    #expect(logits.map { LogitKey(ordering: $0).logit } == logits)
  }

  @Test func radixSortEqualsTheLibrarys() {
    let random = CounterRandom(seed: 1, stream: 9)
    for count in [0, 1, 2, 1000] {
      var wide = (0..<count).map { random.bits(UInt64($0)) }
      var narrow = wide.map { UInt32(truncatingIfNeeded: $0) }
      // Keys that share their upper digits skip passes.
      var small = wide.map { UInt32($0 % 100) }
      let sorted = (wide.sorted(), narrow.sorted(), small.sorted())
      RadixSort.sort(&wide)
      RadixSort.sort(&narrow)
      RadixSort.sort(&small)
      #expect(wide == sorted.0 && narrow == sorted.1 && small == sorted.2)
    }
  }
}

@Suite struct MetricsTests {
  @Test func oneClassLeavesTheAUCUndefined() throws {
    for label: Float in [0, 1] {
      let result = try metrics([0.5, -1, 2], [label, label, label])
      #expect(result.auc == nil && result[.normalizedEntropy] == nil)
      #expect(result.logloss?.isFinite == true)
      #expect((result[.calibration] == nil) == (label == 0))
    }
    let nothing = try metrics([], [])
    #expect(nothing.logloss == nil && nothing.auc == nil && nothing.rows == 0)
  }

  @Test func loglossEqualsItsDefinition() throws {
    let (logits, labels) = ties(500, seed: 5, levels: 41)
    let expected =
      zip(logits, labels).reduce(0.0) { sum, row in
        let probability = 1 / (1 + exp(-Double(row.0)))
        return sum - (row.1 == 1 ? log(probability) : log(1 - probability))
      } / 500
    expectClose(try #require(try metrics(logits, labels).logloss), expected, .exact)
  }

  /// At ±1000 the loss of a wrong prediction is |z| to the last bit, that of a right one is zero.
  @Test func loglossNeverOverflows() throws {
    #expect(try metrics([1000, -1000], [0, 1]).logloss == 1000)
    #expect(try metrics([1000, -1000], [1, 0]).logloss == 0)
    let most = Scalar.greatestFiniteMagnitude
    #expect(try metrics([most], [0]).logloss == Double(most))
  }

  @Test func calibrationIsPredictedOverObserved() throws {
    // Predictions 1/2, 1/2, 1/2, 1/2 against one click in four.
    let result = try metrics([0, 0, 0, 0], [1, 0, 0, 0])
    #expect(result[.calibration] == 2)
    #expect(result.rows == 4 && result.positives == 1 && result.isConstant)
  }

  @Test func predictingTheBaseRateHasNormalizedEntropyOne() throws {
    let rate = 0.2
    let logit = Scalar(log(rate / (1 - rate)))
    let labels = (0..<100).map { Float($0 % 5 == 0 ? 1 : 0) }
    let result = try metrics(Array(repeating: logit, count: 100), labels)
    expectClose(
      try #require(result[.normalizedEntropy]), 1, Tolerance(absolute: 1e-9, relative: 0))
  }

  @Test func aNonFiniteLogitIsAnErrorWithItsRow() {
    for bad in [Scalar.nan, .infinity, -.infinity] {
      #expect(throws: TrainingFailure.nonFiniteLogit(row: 2)) {
        try metrics([0, 1, bad, 2], [0, 1, 0, 1], batch: 2)
      }
    }
  }

  /// A metric outside the list, computed from the sorted logits of each class.
  private static let brier = Metric(
    name: "brier", title: "Brier", decimals: 6, isTracked: true, key: "brier"
  ) { rows in
    func squares(_ keys: [LogitKey], _ label: Double) -> Double {
      keys.reduce(0) { sum, key in
        let error = LogitScore(logit: Double(key.logit), clicked: label == 1).probability - label
        return sum + error * error
      }
    }
    return (squares(rows.positives.keys, 1) + squares(rows.negatives.keys, 0)) / Double(rows.rows)
  }

  @Test func aMetricIsAFunctionOfTheSummary() throws {
    let (logits, labels) = ties(500, seed: 6, levels: 41)
    func keys(_ label: Float) -> [LogitKey] {
      zip(logits, labels).filter { $1 == label }.map { LogitKey(ordering: $0.0) }.sorted()
    }
    var summary = PredictionSummary()
    (summary.positives.keys, summary.negatives.keys, summary.rows) = (keys(1), keys(0), 500)
    let expected = zip(logits, labels).reduce(0.0) { sum, row in
      let error = 1 / (1 + exp(-Double(row.0))) - Double(row.1)
      return sum + error * error
    }
    expectClose(try #require(Self.brier.value(summary)), expected / 500, .exact)
  }

  @Test func metricsHaveOneOrderInFilesAndTables() throws {
    let result = try metrics([1, 0, 2], [1, 0, 1])
    #expect(
      result.json.map(\.0)
        == [
          "AUC", "logloss", "calibration", "normalized_entropy", "expected_calibration_error",
          "rows", "positives",
        ])
    #expect(
      Metric.all.map(\.title) == ["AUC", "Logloss", "calibration", "normalised entropy", "ECE"])
    #expect(result.tracked.map(\.name) == ["AUC", "logloss"])
  }

  /// The text that checkpoints have held since their first version; undefined metrics are left out.
  @Test func metricsReadBackFromTheTextOfCheckpoints() throws {
    let whole = try metrics([1, 0, 2], [1, 0, 1])
    let oneClass = try metrics([0, 0], [0, 0])
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let texts = try [whole, oneClass].map {
      String(decoding: try encoder.encode($0), as: UTF8.self)
    }
    let logloss = try #require(whole.logloss)
    let calibration = try #require(whole[.calibration])
    let entropy = try #require(whole[.normalizedEntropy])
    let error = try #require(whole[.calibrationError])
    #expect(
      texts[0]
        == #"{"auc":1,"calibration":\#(calibration),"expectedCalibrationError":\#(error),"#
        + #""isConstant":false,"logloss":\#(logloss),"#
        + #""normalizedEntropy":\#(entropy),"positives":2,"rows":3}"#)
    #expect(
      texts[1]
        == #"{"expectedCalibrationError":0.5,"isConstant":true,"logloss":0.6931471805599453,"#
        + #""positives":0,"rows":2}"#)
    for (text, metrics) in zip(texts, [whole, oneClass]) {
      #expect(try JSONDecoder().decode(Metrics.self, from: Data(text.utf8)) == metrics)
    }
  }

  @Test func chanceAndConstantPredictionsAreWarnedOf() throws {
    #expect(try metrics([0, 0], [0, 1]).warnings(of: "valid", isEpochOver: true).count == 2)
    #expect(
      try metrics([1, 0], [0, 0]).warnings(of: "test", isEpochOver: true).map(\.text)
        == ["test: AUC is undefined: none of 2 rows was clicked"])
    #expect(try metrics([0, 1], [0, 1]).warnings(of: "valid", isEpochOver: true).isEmpty)
  }

  @Test func anAUCOfChanceIsWarnedOfOnceAnEpochIsOver() throws {
    // A row of each class for each logit.
    let logits = (0..<2000).map { Scalar($0 / 2) }
    let labels = (0..<2000).map { Float($0 % 2) }
    let chance = try metrics(logits, labels)
    #expect(abs(try #require(chance.auc) - 0.5) <= 0.001 && !chance.isConstant)
    #expect(chance.warnings(of: "valid").map(\.kind) == ["valid chance", "valid entropy"])
    #expect(chance.warnings(of: "valid", isEpochOver: false).isEmpty)
  }
}
