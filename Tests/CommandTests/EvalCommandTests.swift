import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct EvalCommandTests {
  private static let metrics = [
    "AUC", "logloss", "calibration", "normalized_entropy", "expected_calibration_error", "rows",
    "positives",
  ]

  private static let members = [
    "run", "split", "bad_rows", "bad_share", "first_bad_rows", "blank_rows", "cut", "unseen",
    "reliability", "recalibration",
  ]

  @Test(arguments: ["valid", "test"])
  func evalReproducesTheResultToTheLastDigit(split: String) throws {
    let tiny = try TinyRun()
    let eval = try tiny.sfg("eval --run run --split \(split) --json")
    #expect(eval.status == 0)
    #expect(eval.errors.isEmpty)
    let found = try eval.json()
    let reported = try #require(try tiny.json("run/result.json")[split] as? [String: Any])
    #expect(Set(found.keys) == Set(Self.metrics + Self.members))
    for name in Self.metrics {
      let value = try #require(found[name] as? Double)
      #expect(value == reported[name] as? Double, "\(name)")
    }
  }

  @Test(arguments: ["p.csv", "p.csv.gz"])
  func predictionsContainRowLabelLogitAndItsSigmoid(file: String) throws {
    let tiny = try TinyRun()
    let eval = try tiny.sfg("eval --run run --predictions \(file) --json")
    #expect(eval.status == 0)
    var bytes = try tiny.bytes(file)
    #expect(bytes.starts(with: [0x1f, 0x8b]) == file.hasSuffix(".gz"))
    if file.hasSuffix(".gz") {
      _ = try tiny.sfg("eval --run run --predictions plain.csv")
      let plain = try tiny.bytes("plain.csv")
      bytes = Data(try inflated(tiny.path(file)))
      #expect(bytes == plain)
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    #expect(lines[0] == "row,label,logit,probability")
    let found = try eval.json()
    #expect(lines.count - 1 == found["rows"] as? Int)
    var positives = 0
    for (row, line) in lines.dropFirst().enumerated() {
      let cells = line.split(separator: ",")
      try #require(cells.count == 4)
      #expect(cells[0] == "\(row)")
      #expect(["0", "1"].contains(cells[1]))
      positives += cells[1] == "1" ? 1 : 0
      let logit = try #require(Double(cells[2]))
      let probability = try #require(Double(cells[3]))
      #expect(abs(probability - 1 / (1 + exp(-logit))) < 1e-7)
    }
    #expect(positives == found["positives"] as? Int)
  }

  /// A file as decompressed by the system's gzip.
  private func inflated(_ path: String) throws -> [UInt8] {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "gzip -dc \"$0\"", path]
    process.standardOutput = pipe
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return Array(bytes)
  }

  @Test func otherFilesAreEvaluatedWithoutTheTrainingFiles() throws {
    let tiny = try TinyRun()
    _ = try tiny.sfg(
      "synth --preset criteo --rows 300 --seed 1 --first-row 2000 --output new.tsv.gz")
    try FileManager.default.removeItem(atPath: tiny.path("clicks.tsv.gz"))
    let gone = try tiny.sfg("eval --run run")
    #expect(gone.status == 66)
    #expect(gone.errors.hasPrefix("Error: clicks.tsv.gz: no such file (a relative path starts at"))
    let eval = try tiny.sfg("eval --run run --data new.tsv.gz --json")
    #expect(eval.status == 0, "\(eval.errors)")
    #expect(try eval.json()["rows"] as? Int == 300)
    #expect(try eval.json()["split"] as? String == "new.tsv.gz")
  }

  @Test func evaluatingASplitNeedsOnlyItsOwnFiles() throws {
    let tiny = try TinyRun(trained: false)
    _ = try tiny.sfg("synth --preset criteo --rows 300 --seed 1 --first-row 2000 --output t.tsv.gz")
    let train = try tiny.sfg(
      "train --config tiny.yaml --output run --quiet --set dataset.source=null "
        + "--set dataset.split=null --set dataset.train=clicks.tsv.gz --set dataset.test=t.tsv.gz")
    #expect(train.status == 0, "\(train.errors)")
    try FileManager.default.removeItem(atPath: tiny.path("clicks.tsv.gz"))
    let eval = try tiny.sfg("eval --run run --split test --json")
    #expect(eval.status == 0, "\(eval.errors)")
    #expect(try eval.json()["rows"] as? Int == 300)
  }

  @Test func aMissingClassLeavesAUCUndefined() throws {
    let tiny = try TinyRun()
    let row = "0" + String(repeating: "\t", count: 39) + "\n"
    _ = try tiny.folder.write("none.tsv", row + row)
    let eval = try tiny.sfg("eval --run run --data none.tsv --json")
    #expect(eval.status == 0)
    #expect(try eval.json()["AUC"] is NSNull)
    #expect(try eval.json()["normalized_entropy"] is NSNull)
    let table = try tiny.sfg("eval --run run --data none.tsv")
    #expect(table.output.contains("undefined"))
    #expect(!table.output.contains("nan"))
  }

  @Test func skippedRowsAreCountedAndShown() throws {
    let tiny = try TinyRun(trained: false)
    let good = String(repeating: "1" + String(repeating: "\t7", count: 39) + "\n", count: 5)
    _ = try tiny.folder.write("bad.tsv", good + "2\tx\n" + good)
    let files = "--set dataset.source=[] --set dataset.split=null --set dataset.train=bad.tsv"
    let train = "train --config tiny.yaml \(files) --output run"
    let failed = try tiny.sfg(train + " --quiet")
    #expect(failed.status == 65)
    let finding = "bad.tsv:6: expected 40 columns, found 2"
    #expect(
      failed.errors
        == "Error: \(finding); repair the row or set dataset.on_bad_row: skip\n")
    let skipped = try tiny.sfg(
      train + " --set dataset.on_bad_row=skip")
    #expect(skipped.status == 0)
    #expect(skipped.errorLines.contains("train: skipped 1 of 11 rows (9.09 %): \(finding)"))
    let data = try tiny.json("run/result.json")["data"] as? [String: [String: Any]]
    #expect(data?["train"]?["rows"] as? Int == 10)
    #expect(data?["train"]?["bad_rows"] as? Int == 1)
    #expect(data?["train"]?["bad_share"] as? Double == 1.0 / 11)
    #expect(data?["train"]?["first_bad_rows"] as? [String] == [finding])
    let inspect = try tiny.sfg(
      "inspect --config tiny.yaml \(files) --set dataset.on_bad_row=skip")
    #expect(inspect.output.contains("skipped \(finding)"))
    let eval = try tiny.sfg("eval --run run --data bad.tsv")
    #expect(eval.errorLines.first == "bad.tsv: skipped 1 of 11 rows (9.09 %): \(finding)")
    let capped = try tiny.sfg(
      train + " --overwrite --quiet --set dataset.on_bad_row=skip --set dataset.max_bad_rows=0")
    #expect(capped.status == 65)
    #expect(capped.errors.contains("one bad row more than dataset.max_bad_rows (0)"))
  }
}
