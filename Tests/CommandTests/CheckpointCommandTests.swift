import Foundation
import TestSupport
import Testing

/// Weights kept after every epoch, and the commands that read them.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct CheckpointCommandTests {
  private static let train =
    "train --config tiny.yaml --output run --set training.keep=all --set training.epochs=3 "
    + "--set training.early_stop_patience=9"

  private func logloss(_ tiny: TinyRun, _ checkpoint: String, run: String = "run") throws
    -> Double?
  {
    let outcome = try tiny.sfg("eval --run \(run) --json --checkpoint \(checkpoint)")
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try outcome.json()["logloss"] as? Double
  }

  @Test func everyEpochIsKeptAndEvaluatesAsItDidInTraining() throws {
    let tiny = try TinyRun(trained: false)
    let train = try tiny.sfg(Self.train)
    #expect(train.status == 0, "\(train.errors)")
    #expect(train.errors.contains("checkpoints: training.keep: all stores about "))
    for epoch in 1...3 {
      // The whole run without its later epochs.
      let short = try tiny.sfg(
        "train --config tiny.yaml --output short\(epoch) --quiet --set training.epochs=\(epoch) "
          + "--set training.early_stop_patience=9")
      #expect(short.status == 0, "\(short.errors)")
      #expect(
        try logloss(tiny, "epoch-\(epoch)") == logloss(tiny, "last", run: "short\(epoch)"))
    }
    #expect(try logloss(tiny, "epoch-3") == logloss(tiny, "last"))
    #expect(try logloss(tiny, "epoch-1") != logloss(tiny, "last"))
    let missing = try tiny.sfg("eval --run run --checkpoint epoch-4")
    #expect(missing.status == 66)
    #expect(
      missing.errors
        == "Error: run: no checkpoint epoch-4, found best, last, epoch-1, epoch-2, epoch-3; "
        + "choose one of them (training.keep: all keeps every epoch)\n")
    #expect(try tiny.sfg("eval --run run --checkpoint epoch-0").status == 64)
    #expect(try tiny.sfg("eval --run run --checkpoint last --recalibrate platt").status == 64)
  }

  @Test func analysesOfOtherWeightsHaveTheirOwnFolder() throws {
    let tiny = try TinyRun(trained: false)
    #expect(try tiny.sfg("\(Self.train) --quiet --set training.keep_last=false").status == 0)
    let analyse = try tiny.sfg("analyze collapse --run run --checkpoint epoch-2 --rows 300")
    #expect(analyse.status == 0, "\(analyse.errors)")
    #expect(analyse.output.contains("tiny epoch-2"))
    #expect(tiny.exists("run/analysis/epoch-2/collapse/report.html"))
    #expect(!tiny.exists("run/analysis/collapse"))
    // The metrics are those of the epoch, not of the best weights.
    let summary = try tiny.json("run/analysis/epoch-2/collapse/summary.json")
    let described = try #require((summary["runs"] as? [[String: Any]])?.first)
    let metrics = try #require(described["metrics"] as? [String: Double])
    let line = try #require(
      try tiny.text("run/metrics.jsonl").split(separator: "\n").first {
        $0.contains("\"epoch\": 2,") && $0.contains("\"valid\"")
      })
    let second = try #require(
      JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    // Foundation reads some numbers with an error in their last digit.
    for (name, key) in [("valid AUC", "AUC"), ("valid Logloss", "logloss")] {
      let expected = try #require(second[key] as? Double)
      #expect(abs(try #require(metrics[name]) - expected) < 1e-12)
    }
    #expect(metrics.count == 2 && described["epoch"] as? Int == 2)
    let last = try tiny.sfg("eval --run run --checkpoint last")
    #expect(last.status == 66)
    #expect(last.errors.contains("(training.keep_last: true keeps the last one)"))
    #expect(try tiny.files(below: "run/checkpoint").contains("epoch-3.safetensors"))
  }

  @Test func aKilledRunKeepsTheSameEpochs() throws {
    let tiny = try TinyRun(trained: false)
    let train = ResumeCommandTests.train + " --set training.keep=all"
    #expect(try tiny.sfg("\(train) --output whole").status == 0)
    for number in 1...3 {
      let running = try SFGBinary.start(
        "\(train) --output killed --resume".split(separator: " ").map(String.init),
        in: tiny.folder.path)
      try running.wait { tiny.exists("killed/checkpoint/epoch-\(number).safetensors") }
      running.kill()
      _ = try running.outcome()
    }
    #expect(try tiny.sfg("\(train) --output killed --resume").status == 0)
    for epoch in 1...3 {
      let file = "checkpoint/epoch-\(epoch).safetensors"
      #expect(try tiny.bytes("killed/\(file)") == tiny.bytes("whole/\(file)"), "\(file)")
    }
    // A new run in the folder of an unfinished one has no epochs of it.
    try FileManager.default.removeItem(atPath: tiny.path("killed/result.json"))
    let new = try tiny.sfg("train --config tiny.yaml --output killed --quiet")
    #expect(new.status == 0, "\(new.errors)")
    #expect(try tiny.files(below: "killed/checkpoint").allSatisfy { !$0.hasPrefix("epoch") })
  }
}
