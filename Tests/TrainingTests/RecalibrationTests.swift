import Foundation
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Training

@Suite struct RecalibrationTests {
  private func auc(_ logits: [Scalar], _ clicks: [Float]) throws -> Double {
    var accumulator = MetricsAccumulator()
    try CalibrationRows.column(logits) { try accumulator.add(logits: $0, labels: clicks) }
    return try #require(accumulator.metrics().auc)
  }

  private func error(_ logits: [Scalar], _ clicks: [Float]) throws -> Double {
    var accumulator = MetricsAccumulator()
    try CalibrationRows.column(logits) { try accumulator.add(logits: $0, labels: clicks) }
    return try #require(accumulator.metrics()[.calibrationError])
  }

  @Test func plattChangesNoAUCAndIsotonicOnlyByTies() throws {
    let (logits, clicks) = CalibrationRows.rows(2000, seed: 6, levels: 512)
    let own = try auc(logits, clicks)
    #expect(
      try auc(
        CalibrationRows.applied(CalibrationRows.fitted(.platt, logits, clicks), logits), clicks)
        == own)
    let isotonic = CalibrationRows.applied(
      try CalibrationRows.fitted(.isotonic, logits, clicks), logits)
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
    let (logits, clicks) = CalibrationRows.rows(5000, seed: 7, levels: 1 << 16)
    let (others, theirs) = CalibrationRows.rows(5000, seed: 8, levels: 1 << 16)
    let recalibrated = CalibrationRows.applied(
      try CalibrationRows.fitted(method, logits, clicks), others)
    #expect(try error(others, theirs) > 0.1)
    #expect(try error(recalibrated, theirs) < 0.03)
  }

  @Test(arguments: Recalibration.Method.allCases)
  func theFileReadsBackToTheSameBitsAndThreadsChangeNone(method: Recalibration.Method) throws {
    let folder = try TemporaryFolder()
    let (logits, clicks) = CalibrationRows.rows(3000, seed: 9, levels: 1 << 16)
    let found = try CalibrationRows.fitted(method, logits, clicks)
    let path = "\(folder.path)/calibration.json"
    try found.save(to: path)
    #expect(try Recalibration(contentsOf: path, weights: "0123456789abcdef") == found)
    #expect(found.rows == 3000 && found.positives == clicks.count { $0 == 1 })
    #expect(
      CalibrationRows.applied(found, logits, threads: 3) == CalibrationRows.applied(found, logits))
  }

  @Test func aFileOfOtherWeightsIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/calibration.json"
    try CalibrationRows.fitted(
      .platt, CalibrationRows.reference.logits, CalibrationRows.reference.clicks
    ).save(to: path)
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
      try CalibrationRows.fitted(method, [1, 2, 3], Array(repeating: clicked ? 1 : 0, count: 3))
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
      try CalibrationRows.fitted(.platt, logits, clicks)
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
