import Foundation
import TestSupport
import Testing

/// `sfg figure` on runs of a small log.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct FigureCommandTests {
  /// Two seeds of each paradigm with every epoch kept, analysed at the first two epochs.
  private func prepare() throws -> TinyRun {
    let tiny = try TinyRun(trained: false)
    for paradigm in ["discriminative", "generative"] {
      for seed in [1, 2] {
        let name = "\(paradigm.prefix(3))\(seed)"
        let train = try tiny.sfg(
          "train --config tiny.yaml --set run=\(name) --set model.paradigm=\(paradigm) --set "
            + "training.seed=\(seed) --set training.keep=all --output \(name) --quiet")
        #expect(train.status == 0, "\(train.errors)")
        for analysis in ["collapse", "redundancy"] {
          let analyze = try tiny.sfg("analyze \(analysis) --run \(name) --rows 300")
          #expect(analyze.status == 0, "\(analyze.errors)")
        }
      }
    }
    return tiny
  }

  @Test func everyFigureIsDrawnFromTheFilesOfTheRuns() throws {
    let tiny = try prepare()
    let runs = "dis1 dis2 gen1 gen2"
    for (line, stem) in [
      ("curves \(runs)", "AUC-by-epoch"),
      ("curves \(runs) --metric train_loss --by step", "train_loss-by-step"),
      ("measures \(runs)", "measures"),
      ("spectra \(runs)", "spectra"), ("spectra \(runs) --representation embedding", "spectra"),
    ] {
      let outcome = try tiny.sfg("figure \(line) --output figures")
      #expect(outcome.status == 0, "\(line): \(outcome.errors)")
      for file in ["\(stem).svg", "\(stem).csv", "summary.json", "report.html"] {
        #expect(tiny.exists("figures/\(file)"), "\(line): \(file)")
      }
      #expect(outcome.output.hasSuffix("chart:  figures/\(stem).svg\n"))
    }
    // The drawn mean is that of the lines in metrics.jsonl.
    let json = try tiny.sfg("figure curves \(runs) --json --output figures").json()
    let curves = try #require(json["curves"] as? [[String: Any]])
    #expect(curves.map { $0["label"] as? String } == ["discriminative", "generative"])
    let point = try #require((curves[1]["points"] as? [[String: Any]])?.first)
    let values = try ["gen1", "gen2"].map { run -> Double in
      let lines = try tiny.text("\(run)/metrics.jsonl").split(separator: "\n")
      let line = try #require(lines.first { $0.contains("\"split\": \"valid\"") })
      let found = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require(found?["AUC"] as? Double)
    }
    let mean = try #require(point["mean"] as? Double)
    #expect(abs(mean - (values[0] + values[1]) / 2) < 1e-12 && point["n"] as? Int == 2)
    try epochs(tiny)
    try refusals(tiny)
    try pages(tiny)
  }

  private func epochs(_ tiny: TinyRun) throws {
    let missing = try tiny.sfg("figure spectra gen1 --checkpoint epoch-1 epoch-2")
    #expect(missing.status == 66)
    #expect(
      missing.errors == "Error: gen1: found no spectrum, expected that of the collapse analysis; "
        + "run sfg analyze collapse --run gen1 --checkpoint epoch-1 first\n")
    for epoch in [1, 2] {
      _ = try tiny.sfg("analyze collapse --run gen1 --rows 300 --checkpoint epoch-\(epoch)")
    }
    let spectra = try tiny.sfg("figure spectra gen1 --checkpoint epoch-1 epoch-2 --json")
    let curves = try #require(try spectra.json()["curves"] as? [[String: Any]])
    #expect(curves.map { $0["label"] as? String } == ["epoch=1", "epoch=2"])
  }

  private func refusals(_ tiny: TinyRun) throws {
    let key = try tiny.sfg("figure factor gen1 gen2 --against model.embeding_dim")
    #expect(key.status == 64)
    #expect(
      key.errors
        == "Error: --against: found \"model.embeding_dim\", expected a whole dotted key of "
        + "a configuration; did you mean model.embedding_dim?\n")
    let constant = try tiny.sfg("figure factor gen1 gen2 --against model.embedding_dim")
    #expect(constant.status == 64 && constant.errors.contains("found 4 in every run"))
    let metric = try tiny.sfg("figure curves gen1 --metric auc")
    #expect(metric.status == 64 && metric.errors.contains("expected one of AUC, "))
    #expect(try tiny.sfg("figure curves none").status == 66)
    #expect(try tiny.sfg("figure curves").status == 64)
  }

  private func pages(_ tiny: TinyRun) throws {
    guard Browser.path != nil else { return }
    for figure in ["curves", "measures", "spectra"] {
      let drawn = try tiny.sfg("figure \(figure) dis1 dis2 gen1 gen2 --output \(figure)")
      #expect(drawn.status == 0, "\(drawn.errors)")
      for width in [500, 1280] {
        let seen = try Browser.open(tiny.path("\(figure)/report.html"), width: width)
        #expect(seen.figures.count == 1 && seen.console.isEmpty && seen.nameless.isEmpty)
        #expect(!seen.overflows, "\(figure) is wider than \(width)")
      }
    }
  }
}
