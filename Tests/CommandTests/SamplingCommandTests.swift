import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct SamplingCommandTests {
  private let sampled = "--set dataset.negative_rate=0.1"

  @Test func trainingIsUnchangedAndPredictionsAreCorrected() throws {
    let tiny = try TinyRun()
    let train = try tiny.sfg("train --config tiny.yaml --output sampled \(sampled)")
    #expect(train.status == 0, "\(train.errors)")
    #expect(
      train.errors.contains("negative_rate 0.1: predictions are corrected, logit -2.3026\n"))
    #expect(
      train.errors.contains(
        "valid: metrics estimate those of all rows: each negative counts 10 times\n"))
    for run in ["run", "sampled"] {
      #expect(try tiny.sfg("eval --run \(run) --predictions \(run).csv").status == 0)
    }
    func logits(_ run: String) throws -> [Double] {
      try tiny.text("\(run).csv").split(separator: "\n").dropFirst().compactMap {
        Double($0.split(separator: ",")[2])
      }
    }
    expectClose(
      try logits("sampled"), try logits("run").map { $0 + log(0.1) },
      Tolerance(absolute: 1e-5, relative: 0))
    let (own, found) = try (
      tiny.sfg("eval --run run --json").json(), tiny.sfg("eval --run sampled --json").json()
    )
    #expect(found["AUC"] as? Double == own["AUC"] as? Double)
    #expect(found["negative_weight"] as? Double == 10)
    #expect(abs(try #require(found["logit_shift"] as? Double) - log(0.1)) < 1e-15)
    let rows = try #require(found["rows"] as? Int)
    let clicks = try #require(found["positives"] as? Int)
    #expect(found["weight"] as? Double == Double(clicks + 10 * (rows - clicks)))
    // A model that is calibrated on sampled rows is so on all.
    let (before, after) = (own["calibration"] as? Double, found["calibration"] as? Double)
    #expect(abs(try #require(after) / #require(before) - 1) < 0.15)
  }

  @Test func filesAreCompleteUnlessTheirShareIsGiven() throws {
    let tiny = try TinyRun(trained: false)
    #expect(
      try tiny.sfg("train --config tiny.yaml --output run --quiet \(sampled)").status == 0)
    let complete = try tiny.sfg("eval --run run --data clicks.tsv.gz")
    #expect(
      complete.errors.contains(
        "clicks.tsv.gz: metrics take these rows as complete: no negative was left out\n"))
    // They are not: the warning names the cure.
    #expect(complete.errors.contains("add the split to dataset.sampled_splits, or --negative-rate"))
    let given = try tiny.sfg("eval --run run --data clicks.tsv.gz --negative-rate 0.1")
    #expect(!given.errors.contains("warning: clicks.tsv.gz: the click rate"))
    #expect(
      given.errors.contains(
        "clicks.tsv.gz: metrics estimate those of all rows: each negative counts 10 times\n"))
  }

  @Test(arguments: [
    ("--negative-rate 0.1", "'--negative-rate' describes the rows of '--data'"),
    (
      "--data a --negative-rate 0",
      "'--negative-rate' takes a number above 0 and at most 1, found 0.0."
    ),
  ])
  func otherUsesOfTheOptionAreRefused(options: String, text: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try SFGBinary.run("eval --run run \(options)", in: folder.path)
    #expect(outcome.status == 64 && outcome.errors.contains(text), "\(outcome.errors)")
  }

  @Test func aRecalibrationMapsCorrectedLogits() throws {
    let tiny = try TinyRun(trained: false)
    #expect(
      try tiny.sfg("train --config tiny.yaml --output run --quiet \(sampled)").status == 0)
    #expect(try tiny.sfg("eval --run run --recalibrate platt").status == 0)
    let json = try tiny.sfg("eval --run run --split valid --json").json()
    // Of the sampled validation rows, negatives count ten times in the fit and in the figure.
    #expect(abs(try #require(json["calibration"] as? Double) - 1) < 0.01)
    #expect(json["negative_weight"] as? Double == 10)
  }
}
