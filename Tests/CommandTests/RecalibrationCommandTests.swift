import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct RecalibrationCommandTests {
  private let splits =
    "--set dataset.source=null --set dataset.split=null --set dataset.train=clicks.tsv.gz "
    + "--set dataset.valid=v.tsv --set dataset.test=t.tsv"

  /// A run whose splits are files of their own.
  private func run() throws -> TinyRun {
    let tiny = try TinyRun(trained: false)
    for (file, first) in [("v.tsv", 2000), ("t.tsv", 3000)] {
      let synth = try tiny.sfg(
        "synth --preset criteo --rows 500 --seed 1 --first-row \(first) --output \(file)")
      #expect(synth.status == 0, "\(synth.errors)")
    }
    let train = try tiny.sfg("train --config tiny.yaml \(splits) --output run --quiet")
    #expect(train.status == 0, "\(train.errors)")
    return tiny
  }

  @Test(arguments: ["isotonic", "platt"])
  func theFitReadsValidationRowsAndNoTestRows(method: String) throws {
    let tiny = try run()
    let fit = try tiny.sfg("eval --run run --recalibrate \(method)")
    #expect(fit.status == 0, "\(fit.errors)")
    #expect(
      fit.errors.hasPrefix(
        "run/calibration.json: predictions are recalibrated from now on (\(method), "))
    let found = try tiny.bytes("run/calibration.json")
    let stored = try tiny.json("run/calibration.json")
    #expect(stored["split"] as? String == "valid" && stored["rows"] as? Int == 500)
    // Other clicks in the test rows, then no test rows at all.
    let rows = try tiny.text("t.tsv").split(separator: "\n").map { row in
      (row.hasPrefix("1") ? "0" : "1") + row.dropFirst() + "\n"
    }
    _ = try tiny.folder.write("t.tsv", rows.joined())
    try FileManager.default.removeItem(atPath: tiny.path("run/calibration.json"))
    #expect(try tiny.sfg("eval --run run --recalibrate \(method)").status == 0)
    #expect(try tiny.bytes("run/calibration.json") == found)
    try FileManager.default.removeItem(atPath: tiny.path("t.tsv"))
    try FileManager.default.removeItem(atPath: tiny.path("clicks.tsv.gz"))
    try FileManager.default.removeItem(atPath: tiny.path("run/calibration.json"))
    let alone = try tiny.sfg("eval --run run --recalibrate \(method) --split valid")
    #expect(alone.status == 0, "\(alone.errors)")
    #expect(try tiny.bytes("run/calibration.json") == found)
    // On the rows that it was fitted to, isotonic regression leaves no error but ties'.
    let json = try tiny.sfg("eval --run run --split valid --json").json()
    let raw = try #require(json["raw"] as? [String: Any])
    #expect(
      try #require(json["logloss"] as? Double) <= #require(raw["logloss"] as? Double))
  }

  @Test func laterEvaluationsApplyItAndSaySoUnlessRaw() throws {
    let tiny = try run()
    let before = try tiny.sfg("eval --run run --predictions own.csv --json").json()
    #expect(before["recalibration"] is NSNull && before["raw"] == nil)
    #expect(try tiny.sfg("eval --run run --recalibrate platt").status == 0)
    let map = try tiny.json("run/calibration.json")
    let (slope, intercept) = (
      try #require(map["slope"] as? Double), try #require(map["intercept"] as? Double)
    )
    let after = try tiny.sfg("eval --run run --predictions calibrated.csv")
    #expect(
      after.errors.hasPrefix("predictions are recalibrated (platt, slope "), "\(after.errors)")
    #expect(
      after.errors.contains(
        ", fitted to 500 valid rows, run/calibration.json); --raw uses the model's own\n"))
    let lines = after.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.dropFirst().map { $0.prefix(2) } == [["test", "raw"], ["test", "platt"]])
    // AUC depends on the order of the logits alone.
    #expect(lines[1][4] == lines[2][4] && lines[1][5] != lines[2][5])
    let own = try logits("own.csv", tiny)
    for (calibrated, logit) in zip(try logits("calibrated.csv", tiny), own) {
      #expect(abs(calibrated - (slope * logit + intercept)) < 1e-5)
    }
    let raw = try tiny.sfg("eval --run run --raw --predictions raw.csv --json")
    #expect(try raw.json() as NSDictionary == before as NSDictionary)
    #expect(try tiny.bytes("raw.csv") == tiny.bytes("own.csv"))
    let json = try tiny.sfg("eval --run run --json")
    #expect(json.errors.isEmpty)
    #expect(try json.json()["recalibration"] as? String == "platt")
    #expect(
      try (json.json()["raw"] as? [String: Any])?["logloss"] as? Double
        == before["logloss"] as? Double)
    let compare = try tiny.sfg("compare run run")
    #expect(
      compare.errors.hasPrefix(
        "run: compares the model's own predictions, without its calibration.json\n"))
  }

  private func logits(_ file: String, _ tiny: TinyRun) throws -> [Double] {
    try tiny.text(file).split(separator: "\n").dropFirst().map {
      try #require(Double($0.split(separator: ",")[2]))
    }
  }

  @Test func aRecalibrationOfOtherWeightsIsRefused() throws {
    let tiny = try run()
    #expect(try tiny.sfg("eval --run run --recalibrate isotonic").status == 0)
    let other = try tiny.sfg(
      "train --config tiny.yaml \(splits) --set training.seed=9 --output other --quiet")
    #expect(other.status == 0, "\(other.errors)")
    try FileManager.default.copyItem(
      atPath: tiny.path("run/calibration.json"), toPath: tiny.path("other/calibration.json"))
    let eval = try tiny.sfg("eval --run other")
    #expect(eval.status == 78 && eval.errorLines.count == 1)
    #expect(
      eval.errors.hasPrefix(
        "Error: other/calibration.json: was fitted to other weights: found checksum "))
    #expect(try tiny.sfg("eval --run other --raw").status == 0)
  }

  @Test func theOptionsExcludeEachOtherAndNeedValidationRows() throws {
    let tiny = try run()
    let both = try tiny.sfg("eval --run run --recalibrate platt --raw")
    #expect(both.status == 64)
    #expect(
      both.errors.hasPrefix(
        "Error: '--recalibrate' and '--raw' are mutually exclusive; give one of them."))
    #expect(try tiny.sfg("eval --run run --recalibrate beta").status == 64)
    let train = try tiny.sfg(
      "train --config tiny.yaml \(splits) --set dataset.valid=[] --output none --quiet")
    #expect(train.status == 0, "\(train.errors)")
    let none = try tiny.sfg("eval --run none --recalibrate platt")
    #expect(none.status != 0 && none.errorLines.count == 1, "\(none.errors)")
    #expect(!tiny.exists("none/calibration.json"))
  }

  @Test func theReportShowsBothCurvesAndTheirErrors() throws {
    let tiny = try run()
    let own = try tiny.sfg("eval --run run --report own.html")
    #expect(own.output.hasSuffix("\nreport: own.html\n"))
    #expect(try tiny.text("own.html").contains("Model's own predictions: the expected"))
    let both = try tiny.sfg("eval --run run --recalibrate platt --report both.html --json")
    #expect(both.status == 0 && both.errors.isEmpty)
    let page = try tiny.text("both.html")
    #expect(page.contains("Recalibrated predictions (platt): the expected calibration error is "))
    #expect(page.contains("id=\"reliability\"") && !page.contains("<script"))
    let bins = try #require(try both.json()["reliability"] as? [[String: Any]])
    #expect(bins.count == 20 && bins.reduce(0) { $0 + ($1["rows"] as? Int ?? 0) } == 500)
  }
}
