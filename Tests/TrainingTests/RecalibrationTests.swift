import Foundation
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Training

/// Logits with ties if there are few levels, and clicks that are less certain than the logits say.
private func rows(
  _ count: Int, seed: UInt64, levels: Int, slope: Double = 0.5
) -> (logits: [Scalar], clicks: [Float]) {
  let random = CounterRandom(seed: seed, stream: 1)
  let logits = (0..<count).map {
    Scalar(random.integer(UInt64($0), below: levels) * 8) / Scalar(levels) - 5
  }
  let clicks = (0..<count).map { row -> Float in
    random.uniform(UInt64(count + row)) < Logistic.sigmoid(slope * Double(logits[row])) ? 1 : 0
  }
  return (logits, clicks)
}

private func counts(
  _ logits: [Scalar], _ clicks: [Float], limit: Int = 1 << 18, batch: Int = 97
) throws -> LogitCounts {
  var counts = LogitCounts(limit: limit)
  try column(logits) { view in
    try clicks.withUnsafeBufferPointer { clicks in
      for start in stride(from: 0, to: logits.count, by: batch) {
        guard let base = clicks.baseAddress else { return }
        try counts.add(
          logits: view.rows(start..<min(start + batch, logits.count)), labels: base + start)
      }
    }
  }
  return counts
}

private func column<Result>(
  _ logits: [Scalar], _ body: (MatrixView) throws -> Result
) rethrows -> Result {
  let column = Matrix(rows: logits.count, columns: 1)
  for (row, logit) in logits.enumerated() { column[row, 0] = logit }
  return try withExtendedLifetime(column) { try body(column.view) }
}

private func fitted(
  _ method: Recalibration.Method, _ logits: [Scalar], _ clicks: [Float]
) throws -> Recalibration {
  try Recalibration(
    method, counts(logits, clicks), of: "valid", weights: "0123456789abcdef", run: "runs/a")
}

private func applied(
  _ recalibration: Recalibration, _ logits: [Scalar], threads: Int = 1
) -> [Scalar] {
  column(logits) { view in
    recalibration.apply(to: view, pool: WorkerPool(threads: threads))
    return view.elements
  }
}

/// Fifteen rows whose values of scikit-learn 1.9.1 are below: 7 clicks, ties at −2.5, −1 and 0.25.
private let reference: (logits: [Scalar], clicks: [Float]) = (
  [-3, -2.5, -2.5, -2, -1.5, -1, -1, -0.5, 0, 0.25, 0.25, 0.5, 1, 1.5, 2],
  [0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1]
)

@Suite struct IsotonicRegressionTests {
  @Test func theCurveEqualsThatOfScikitLearn() throws {
    var counts = try counts(reference.logits, reference.clicks)
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

  @Test(arguments: [3, 10, 60, 5000])
  func pooledBlocksEqualTheMinimaxFormula(levels: Int) throws {
    for seed in 0..<4 {
      let (logits, clicks) = rows(300, seed: UInt64(seed), levels: levels)
      var found = try counts(logits, clicks)
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

@Suite struct PlattScalingTests {
  @Test func theLineMinimisesTheCrossEntropyOfPlattsTargets() throws {
    var counts = try counts(reference.logits, reference.clicks)
    let line = PlattScaling(counts.sorted())
    // Newton's method of numpy on the rows; sklearn.calibration._SigmoidCalibration, which stops
    // earlier, finds 0.3218552631 and 0.0475375097.
    expectClose(line.slope, 0.32185526093639916, .exact)
    expectClose(line.intercept, 0.04753748661375813, .exact)
  }

  @Test(arguments: [1.0, 0.5, 3])
  func theGradientOverTheRowsIsZero(slope: Double) throws {
    let (logits, clicks) = rows(4000, seed: 5, levels: 100_000, slope: slope)
    var counts = try counts(logits, clicks)
    let line = PlattScaling(counts.sorted())
    let positives = Double(clicks.count { $0 == 1 })
    let targets = ((positives + 1) / (positives + 2), 1 / (4000 - positives + 2))
    var gradient = (0.0, 0.0)
    for (logit, click) in zip(logits, clicks) {
      let p = 1 / (1 + exp(-(line.slope * Double(logit) + line.intercept)))
      let error = p - (click == 1 ? targets.0 : targets.1)
      gradient = (gradient.0 + error * Double(logit), gradient.1 + error)
    }
    #expect(abs(gradient.0) < 1e-4 && abs(gradient.1) < 1e-4)
    #expect(abs(line.slope - slope) < 0.25 * slope && abs(line.intercept) < 0.3)
  }

  @Test func logitsThatSeparateTheClassesGiveAFiniteSlope() throws {
    var counts = try counts([-2, -1, 1, 2], [0, 0, 1, 1])
    let line = PlattScaling(counts.sorted())
    #expect(line.slope > 0.5 && line.slope < 10 && abs(line.intercept) < 1e-9)
  }
}

@Suite struct LogitCountsTests {
  @Test func distinctLogitsAreExactUpToTheLimit() throws {
    let (logits, clicks) = rows(5000, seed: 2, levels: 300)
    var found = try counts(logits, clicks, limit: 300)
    let cells = found.sorted()
    let distinct = Set(logits).sorted().map { Double($0) }
    #expect(cells.count == distinct.count)
    for (cell, logit) in zip(cells, distinct) {
      // In double precision the mean of equal logits may be rounded.
      #expect(abs(cell.logit - logit) <= 1e-12)
      let tied = logits.indices.filter { Double(logits[$0]) == logit }
      #expect(cell.rows == tied.count && cell.positives == tied.count { clicks[$0] == 1 })
    }
  }

  @Test func moreLogitsAreJoinedWithTheirNeighbours() throws {
    let (logits, clicks) = rows(20_000, seed: 2, levels: 1 << 20)
    var found = try counts(logits, clicks, limit: 100)
    let cells = found.sorted()
    #expect((51...100).contains(cells.count))
    #expect(cells.reduce(0) { $0 + $1.rows } == 20_000 && found.rows == 20_000)
    #expect(cells.reduce(0) { $0 + $1.positives } == clicks.count { $0 == 1 })
    #expect(zip(cells, cells.dropFirst()).allSatisfy { $0.logit < $1.logit })
    expectClose(
      cells.reduce(0) { $0 + $1.logitSum }, logits.reduce(0) { $0 + Double($1) },
      Tolerance(absolute: 1e-6, relative: 1e-9))
  }

  @Test func theOrderOfTheRowsDoesNotMatterBelowTheLimit() throws {
    let (logits, clicks) = rows(1000, seed: 3, levels: 50)
    let order = logits.indices.sorted { ($0 * 7919) % 1000 < ($1 * 7919) % 1000 }
    for method in Recalibration.Method.allCases {
      let shuffled = try fitted(method, order.map { logits[$0] }, order.map { clicks[$0] })
      #expect(try shuffled == fitted(method, logits, clicks))
    }
  }

  @Test func aNonFiniteLogitIsReportedWithItsRow() {
    #expect(throws: TrainingFailure.nonFiniteLogit(row: 101)) {
      try counts(Array(repeating: 0, count: 101) + [.nan], Array(repeating: 0, count: 102))
    }
  }
}

@Suite struct RecalibrationTests {
  private func auc(_ logits: [Scalar], _ clicks: [Float]) throws -> Double {
    var accumulator = MetricsAccumulator()
    try column(logits) { try accumulator.add(logits: $0, labels: clicks) }
    return try #require(accumulator.metrics().auc)
  }

  private func error(_ logits: [Scalar], _ clicks: [Float]) throws -> Double {
    var accumulator = MetricsAccumulator()
    try column(logits) { try accumulator.add(logits: $0, labels: clicks) }
    return try #require(accumulator.metrics()[.calibrationError])
  }

  @Test func plattChangesNoAUCAndIsotonicOnlyByTies() throws {
    let (logits, clicks) = rows(2000, seed: 6, levels: 512)
    let own = try auc(logits, clicks)
    #expect(try auc(applied(fitted(.platt, logits, clicks), logits), clicks) == own)
    let isotonic = applied(try fitted(.isotonic, logits, clicks), logits)
    var (newTies, pairs) = (0, 0)
    for clicked in logits.indices where clicks[clicked] == 1 {
      for other in logits.indices where clicks[other] == 0 {
        pairs += 1
        #expect(logits[clicked] <= logits[other] || isotonic[clicked] >= isotonic[other])
        #expect(logits[clicked] != logits[other] || isotonic[clicked] == isotonic[other])
        if logits[clicked] != logits[other], isotonic[clicked] == isotonic[other] { newTies += 1 }
      }
    }
    let found = try auc(isotonic, clicks)
    #expect(newTies > 0 && found != own)
    #expect(abs(found - own) <= Double(newTies) / Double(2 * pairs))
  }

  @Test(arguments: Recalibration.Method.allCases)
  func otherRowsOfTheSameSourceAreBetterCalibrated(method: Recalibration.Method) throws {
    let (logits, clicks) = rows(5000, seed: 7, levels: 1 << 16)
    let (others, theirs) = rows(5000, seed: 8, levels: 1 << 16)
    let recalibrated = applied(try fitted(method, logits, clicks), others)
    #expect(try error(others, theirs) > 0.1)
    #expect(try error(recalibrated, theirs) < 0.03)
  }

  @Test(arguments: Recalibration.Method.allCases)
  func theFileReadsBackToTheSameBitsAndThreadsChangeNone(method: Recalibration.Method) throws {
    let folder = try TemporaryFolder()
    let (logits, clicks) = rows(3000, seed: 9, levels: 1 << 16)
    let found = try fitted(method, logits, clicks)
    let path = "\(folder.path)/calibration.json"
    try found.save(to: path)
    #expect(try Recalibration(contentsOf: path, weights: "0123456789abcdef") == found)
    #expect(found.rows == 3000 && found.positives == clicks.count { $0 == 1 })
    #expect(applied(found, logits, threads: 3) == applied(found, logits))
  }

  @Test func aFileOfOtherWeightsIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/calibration.json"
    try fitted(.platt, reference.logits, reference.clicks).save(to: path)
    let failure = RecalibrationFailure.otherWeights(
      path: path, found: "0123456789abcdef", expected: "ffff")
    #expect(throws: failure) { try Recalibration(contentsOf: path, weights: "ffff") }
    #expect(
      failure.description
        == "\(path): was fitted to other weights: found checksum 0123456789abcdef, expected ffff; "
        + "fit it again with sfg eval --recalibrate, or pass --raw")
    #expect(failure.status == .badConfiguration)
  }

  @Test(arguments: [
    ("{", "is not a JSON object of its keys"),
    ("{\"version\": 2, REST", "has version 2, expected 1"),
    ("{\"version\": 1, \"slope\": -1, \"intercept\": 0, REST", "has no rising curve"),
    ("{\"version\": 1, REST", "has no rising curve"),
  ])
  func aDamagedFileIsRefused(text: String, finding: String) throws {
    let folder = try TemporaryFolder()
    let rest =
      "\"method\": \"platt\", \"split\": \"valid\", \"rows\": 9, \"positives\": 1, \"weights\": \"a\"}"
    let path = try folder.write(
      "calibration.json", text.replacingOccurrences(of: "REST", with: rest))
    let failure = RecalibrationFailure.damaged(path: path, finding: finding)
    #expect(throws: failure) { try Recalibration(contentsOf: path, weights: "a") }
    #expect(
      failure.description
        == "\(path): \(finding); fit it again with sfg eval --recalibrate, or pass --raw")
  }

  @Test(arguments: [
    ("[2, 1]", "[0.1, 0.2]"), ("[1, 2]", "[0.2, 0.1]"), ("[1, 2]", "[0.0, 0.1]"),
    ("[1, 2]", "[0.5]"), ("[]", "[]"),
  ])
  func anIsotonicCurveMustRise(logits: String, probabilities: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "calibration.json",
      "{\"version\": 1, \"method\": \"isotonic\", \"split\": \"valid\", \"rows\": 9, \"positives\": 1, "
        + "\"weights\": \"a\", \"logits\": \(logits), \"probabilities\": \(probabilities)}")
    #expect(throws: RecalibrationFailure.damaged(path: path, finding: "has no rising curve")) {
      try Recalibration(contentsOf: path, weights: "a")
    }
  }

  @Test(arguments: Recalibration.Method.allCases, [true, false])
  func rowsOfOneClassAreRefused(method: Recalibration.Method, clicked: Bool) {
    let failure = RecalibrationFailure.oneClass(
      run: "runs/a", split: "valid", rows: 3, clicked: clicked)
    #expect(throws: failure) {
      try fitted(method, [1, 2, 3], Array(repeating: clicked ? 1 : 0, count: 3))
    }
    #expect(
      failure.description
        == "runs/a: --recalibrate: found 3 valid rows that were all \(clicked ? "" : "not ")clicked, "
        + "expected rows of both classes; use more valid rows")
  }

  @Test func aFallingLineIsRefused() throws {
    let (logits, clicks) = ([-1.0, 1, -1, 1].map { Scalar($0) }, [1, 0, 1, 0].map { Float($0) })
    var slope = 0.0
    #expect {
      try fitted(.platt, logits, clicks)
    } throws: { error in
      guard case RecalibrationFailure.noOrder(let run, let split, let found) = error else {
        return false
      }
      slope = found
      return run == "runs/a" && split == "valid" && found < 0
    }
    #expect(
      RecalibrationFailure.noOrder(run: "runs/a", split: "valid", slope: -0.5).description
        == "runs/a: --recalibrate platt: found a slope of -0.5 on the valid rows, expected a positive "
        + "one; higher logits do not mean more clicks, so train a better model")
    #expect(slope < 0)
  }
}
