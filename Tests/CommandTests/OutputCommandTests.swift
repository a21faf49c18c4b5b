import Foundation
import TestSupport
import Testing

/// Outputs never replace what a command reads, a file of a run, or a file in a folder of data.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct OutputCommandTests {
  @Test func noOutputReplacesAnInputOrAFileOfARun() throws {
    let tiny = try TinyRun()
    try FileManager.default.createDirectory(
      atPath: tiny.path("days"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(
      atPath: tiny.path("clicks.tsv.gz"), toPath: tiny.path("days/1.tsv.gz"))
    try FileManager.default.createSymbolicLink(
      atPath: tiny.path("link"), withDestinationPath: tiny.path("days/1.tsv.gz"))
    _ = try tiny.folder.write("config.yaml", TinyRun.configuration)
    let before = try tiny.contents(of: ".")
    let (input, data) = ("is an input of this command", "is in a folder of data")
    let ofRun = "is a file of the run in "
    for (line, option, reason) in [
      ("eval --run run --predictions clicks.tsv.gz", "--predictions", input),
      ("eval --run run --data days --predictions clicks.tsv.gz", "--predictions", input),
      ("eval --run run --data link --predictions days/1.tsv.gz", "--predictions", input),
      ("eval --run run --data days/1.tsv.gz --predictions link", "--predictions", input),
      ("eval --run run --data days --predictions days/new.csv", "--predictions", data),
      ("eval --run run --predictions run/config.yaml", "--predictions", ofRun),
      ("eval --run run --predictions run/checkpoint/p.csv", "--predictions", ofRun),
      ("compare run run --data days/1.tsv.gz --output run/encoder", "--output", ofRun),
      ("compare run run --data days --output days", "--output", data),
      ("analyze collapse --run run --output run/checkpoint", "--output", ofRun),
      ("export --run run --format onnx --output run/config.yaml", "--output", ofRun),
      ("export --run run --format onnx --output clicks.tsv.gz", "--output", input),
      ("inspect --config tiny.yaml --report clicks.tsv.gz", "--report", input),
      ("inspect --config tiny.yaml --report tiny.yaml", "--report", input),
      ("inspect --config tiny.yaml --report run/result.json", "--report", ofRun),
      ("synth --preset criteo --rows 9 --output run/metrics.jsonl", "--output", ofRun),
      ("synth --preset criteo --rows 9 --output a --truth run/config.yaml", "--truth", ofRun),
      (
        "synth --preset criteo --rows 9 --output link --truth days/1.tsv.gz", "--truth",
        "is the file"
      ),
      ("train --config config.yaml --output .", "--output", input),
      ("train --config tiny.yaml --set dataset.source=days --output days", "--output", data),
    ] {
      let outcome = try tiny.sfg(line)
      #expect(outcome.status == 64, "\(line): \(outcome.errors)")
      #expect(outcome.errorLines.count == 1, "\(line): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("Error: \(option) "), "\(line): \(outcome.errors)")
      #expect(outcome.errors.contains(reason), "\(line): \(outcome.errors)")
      #expect(outcome.errors.hasSuffix("; choose another path\n"), "\(line): \(outcome.errors)")
      #expect(try tiny.contents(of: ".") == before, "\(line)")
    }
  }

  @Test func otherFilesInTheFolderOfARunMayBeWritten() throws {
    let tiny = try TinyRun()
    for line in [
      "eval --run run --predictions run/p.csv",
      "analyze collapse --run run --rows 100 --output run/a",
      "inspect --config run/config.yaml --report run/data.html",
      "train --config run/config.yaml --output run --overwrite --quiet",
    ] {
      let outcome = try tiny.sfg(line)
      #expect(outcome.status == 0, "\(line): \(outcome.errors)")
    }
    #expect(tiny.exists("run/p.csv") && tiny.exists("run/a/report.html"))
  }

  /// A process that is killed cannot remove its temporary file; the next one does.
  @Test func temporaryFilesOfKilledProcessesAreRemoved() throws {
    let folder = try TemporaryFolder()
    let synth = ["synth", "--preset", "criteo", "--output", "a.gz", "--rows"]
    let running = try SFGBinary.start(synth + ["1000000000"], in: folder.path)
    func names() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }
    try running.wait { try names().contains { $0.hasSuffix(".tmp") } }
    running.kill()
    _ = try running.outcome()
    _ = try folder.write("a.gz.tmp", "mine")
    _ = try folder.write("b.gz.1.tmp", "mine")
    #expect(try names().count == 3)
    #expect(try SFGBinary.run(synth + ["10"], in: folder.path).status == 0)
    #expect(try names() == ["a.gz", "a.gz.tmp", "b.gz.1.tmp"])
  }
}
