import Foundation
import TestSupport
import Testing

/// A finished run is never lost: it is refused, kept, continued or replaced as a whole.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct FinishedRunCommandTests {
  /// Gradients that soon are not finite.
  private static let diverging =
    "--set training.optimizer=sgd --set training.learning_rate=1e6 "
    + "--set training.max_gradient_norm=0 --set features.numeric.encoding=value"

  private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

  @Test func aFinishedRunIsNotReplacedWithoutOverwrite() throws {
    let tiny = try TinyRun()
    let before = try tiny.contents(of: "run")
    for options in ["", " --quiet --set model.embedding_dim=3", " --set training.epochs=1"] {
      let again = try tiny.sfg("train --config tiny.yaml --output run\(options)")
      #expect(again.status == 64)
      #expect(
        again.errors
          == "Error: run: holds a finished run; give --overwrite to replace it once the new run has "
          + "finished, or another folder with --output\n")
    }
    #expect(try tiny.contents(of: "run") == before)
  }

  @Test func theOldRunStaysIfTheNewOneFails() throws {
    let tiny = try TinyRun()
    let before = try tiny.contents(of: "run")
    _ = try tiny.folder.write("bad.tsv", "1\t2\n")
    for (options, status) in [(Self.diverging, 70), ("--set dataset.source=bad.tsv", 65)] {
      let new = try tiny.sfg("train --config tiny.yaml --output run --overwrite --quiet \(options)")
      #expect(new.status == Int32(status), "\(new.errors)")
      #expect(new.errorLines.count == 1 && !new.errors.contains("is kept"), "\(new.errors)")
      #expect(try tiny.contents(of: "run") == before, "\(options)")
    }
    #expect(try !tiny.names().contains(".run.next"))
  }

  @Test func aNewRunReplacesTheOldOneAsAWholeAndKeepsTheFilesOfTheUser() throws {
    let tiny = try TinyRun()
    _ = try tiny.folder.write("run/notes.txt", "mine")
    try FileManager.default.createDirectory(
      atPath: tiny.path("run/analysis"), withIntermediateDirectories: false)
    _ = try tiny.folder.write("run/analysis/old.csv", "old")
    let options = "--set model.embedding_dim=3 --quiet"
    let new = try tiny.sfg("train --config tiny.yaml --output run/ --overwrite \(options)")
    #expect(new.status == 0, "\(new.errors)")
    #expect(try tiny.sfg("train --config tiny.yaml --output other \(options)").status == 0)
    var names = try tiny.files(below: "run")
    #expect(names.remove("notes.txt") != nil)
    #expect(try names == tiny.files(below: "other"))
    for file in ["config.yaml", "checkpoint/best.safetensors", "checkpoint/last.safetensors"] {
      #expect(try tiny.bytes("run/\(file)") == tiny.bytes("other/\(file)"), "\(file)")
    }
    #expect(try tiny.names().allSatisfy { !$0.hasPrefix(".run") })
  }

  @Test func resumingAFinishedRunChangesNothing() throws {
    let tiny = try TinyRun()
    let before = try tiny.contents(of: "run")
    for options in ["", " --overwrite"] {
      let again = try tiny.sfg("train --config tiny.yaml --output run --resume\(options)")
      #expect(again.status == 0)
      #expect(again.output == "run: run\n")
      #expect(
        again.errors
          == "run: finished; --resume changes nothing (more training.epochs would go on)\n")
      #expect(try tiny.contents(of: "run") == before)
    }
    let fewer = try tiny.sfg(
      "train --config tiny.yaml --output run --resume --set training.epochs=1")
    #expect(fewer.status == 78)
    #expect(
      fewer.errors
        == "Error: run/checkpoint/last.safetensors: the checkpoint was trained with \"epochs: 2\", "
        + "the configuration has \"epochs: 1\"; resume with the run's own config.yaml, or train "
        + "without --resume\n")
    #expect(try tiny.contents(of: "run") == before)
  }

  @Test(arguments: ["", " --set dataset.split.valid=0 --set dataset.split.test=0.4"])
  func moreEpochsGoOnToTheBytesOfALongerRun(options: String) throws {
    let tiny = try TinyRun(trained: false)
    let train = "train --config tiny.yaml --quiet --set training.early_stop_patience=9\(options)"
    #expect(try tiny.sfg("\(train) --output run").status == 0)
    let more = try tiny.sfg("\(train) --output run --resume --set training.epochs=4")
    #expect(more.status == 0, "\(more.errors)")
    #expect(try tiny.sfg("\(train) --output whole --set training.epochs=4").status == 0)
    for file in ["config.yaml", "checkpoint/last.safetensors", "checkpoint/seen_rows.safetensors"] {
      #expect(try tiny.bytes("run/\(file)") == tiny.bytes("whole/\(file)"), "\(file)")
    }
    // The best weights may be those of an epoch before, with the configuration of that time.
    #expect(try weights(tiny, "run") == weights(tiny, "whole"))
    func lines(_ run: String) throws -> Int { try tiny.text("\(run)/metrics.jsonl").count("\n") }
    #expect(try lines("run") == lines("whole"))
    #expect(try tiny.json("run/result.json")["epochs"] as? Int == 4)
  }

  /// The bytes of the best weights, without the header.
  private func weights(_ tiny: TinyRun, _ run: String) throws -> Data {
    let bytes = try tiny.bytes("\(run)/checkpoint/best.safetensors")
    let header = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << ($1.offset * 8) }
    return bytes.dropFirst(8 + header)
  }

  @Test func aRunMayDropItsLastCheckpointWhenItHasFinished() throws {
    let tiny = try TinyRun(trained: false)
    let train = "train --config tiny.yaml --output run --quiet --set training.keep_last=false"
    #expect(try tiny.sfg(train).status == 0)
    #expect(
      try tiny.files(below: "run/checkpoint").sorted() == [
        "best.safetensors", "seen_rows.safetensors",
      ])
    #expect(try tiny.sfg("\(train) --resume").status == 0)
    let more = try tiny.sfg("\(train) --resume --set training.epochs=3")
    #expect(more.status == 64 && more.errors.contains("(training.keep_last: false)"))
    #expect(try tiny.sfg("eval --run run").status == 0)
  }

  @Test func aKilledReplacementIsContinuedToTheSameBytes() throws {
    let tiny = try TinyRun(trained: false)
    // A model of another kind than that of the finished run.
    let train = ResumeCommandTests.train
    #expect(try tiny.sfg("train --config tiny.yaml --output run --quiet").status == 0)
    let before = try tiny.contents(of: "run")
    let running = try SFGBinary.start(
      words("\(train) --output run --overwrite"), in: tiny.folder.path)
    try running.wait { tiny.exists(".run.next/checkpoint/last.safetensors") }
    running.kill()
    guard try running.outcome().status == -SIGKILL else { return }
    #expect(try tiny.contents(of: "run") == before)
    // The finished run's configuration still means the finished run.
    #expect(
      try tiny.sfg("train --config tiny.yaml --output run --resume").errors.contains("finished"))
    #expect(try tiny.contents(of: "run") == before)
    let resumed = try tiny.sfg("\(train) --output run --resume")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try tiny.sfg("\(train) --output whole").status == 0)
    for file in ["best", "last", "seen_rows"].map({ "checkpoint/\($0).safetensors" }) {
      #expect(try tiny.bytes("run/\(file)") == tiny.bytes("whole/\(file)"), "\(file)")
    }
    #expect(try tiny.names().allSatisfy { !$0.hasPrefix(".run") })
  }

  @Test func aRunWhoseFolderIsRemovedStops() throws {
    let tiny = try TinyRun(trained: false)
    for removed in ["run", "run/config.yaml"] {
      let running = try SFGBinary.start(
        words("\(ResumeCommandTests.train) --set training.epochs=1000000 --output run"),
        in: tiny.folder.path)
      try running.wait { tiny.exists("run/checkpoint/last.safetensors") }
      // A checkpoint may be written into the folder while its files are being removed.
      while tiny.exists(removed) { try? FileManager.default.removeItem(atPath: tiny.path(removed)) }
      let outcome = try running.outcome()
      #expect(outcome.status == 74)
      #expect(
        outcome.errors
          == "Error: run: the folder of the run was removed or renamed while it was trained; "
          + "training has stopped\n")
      try? FileManager.default.removeItem(atPath: tiny.path("run"))
    }
  }

  @Test func runsWithoutANameHaveThatOfTheirConfiguration() throws {
    let tiny = try TinyRun(trained: false)
    _ = try tiny.folder.write("night.yaml", TinyRun.configuration.replacing("run: tiny", with: ""))
    _ = try tiny.folder.write("small.yaml", "model: {embedding_dim: 2}")
    let one = try tiny.sfg("train --config night.yaml --quiet --set training.epochs=1")
    #expect(one.output.hasSuffix("run: runs/night\n"), "\(one.errors)")
    let two = try tiny.sfg("train --config night.yaml small.yaml --quiet --set training.epochs=1")
    #expect(two.output.hasSuffix("run: runs/night-small\n"), "\(two.errors)")
    #expect(try tiny.text("runs/night-small/config.yaml").contains("embedding_dim: 2"))
  }

  /// Weights of one day with the vocabulary of another would score, but wrongly.
  @Test func weightsAndEncodersOfTwoRunsAreNotMixed() throws {
    let tiny = try TinyRun(trained: false)
    let train = "train --config tiny.yaml --quiet --set training.epochs=1"
    #expect(
      try tiny.sfg("\(train) --output a --set features.numeric.encoding=quantile").status == 0)
    #expect(
      try tiny.sfg("synth --preset criteo --rows 2000 --seed 2 --output clicks.tsv.gz").status == 0)
    #expect(
      try tiny.sfg("\(train) --output b --set features.numeric.encoding=quantile").status == 0)
    try tiny.bytes("b/checkpoint/best.safetensors").write(
      to: URL(fileURLWithPath: tiny.path("a/checkpoint/best.safetensors")))
    for command in ["eval --run a", "analyze collapse --run a", "compare a b"] {
      let outcome = try tiny.sfg(command)
      #expect(outcome.status == 78, "\(command)")
      #expect(
        outcome.errors.contains("a/checkpoint/best.safetensors: trained with the encoder of seal "),
        "\(command): \(outcome.errors)")
      #expect(outcome.errorLines.count == 1)
    }
  }

  @Test func pipesInPlaceOfFilesOfARunAreRefused() throws {
    let tiny = try TinyRun()
    for file in [
      "checkpoint/best.safetensors", "checkpoint/seen_rows.safetensors", "encoder/fields.json",
      "config.yaml",
    ] {
      let path = tiny.path("run/\(file)")
      let bytes = try tiny.bytes("run/\(file)")
      unlink(path)
      try #require(mkfifo(path, 0o600) == 0)
      let outcome = try tiny.sfg("eval --run run")
      #expect(outcome.status == 74)
      #expect(
        outcome.errors
          == "Error: run/\(file): cannot read: found a pipe, expected a regular file\n")
      unlink(path)
      try bytes.write(to: URL(fileURLWithPath: path))
    }
    #expect(try tiny.sfg("eval --run run").status == 0)
  }
}

extension TinyRun {
  /// The bytes of all files below a folder, by name.
  func contents(of name: String) throws -> [String: Data] {
    try Dictionary(
      uniqueKeysWithValues: files(below: name).map { ($0, try bytes("\(name)/\($0)")) })
  }

  /// The names in the folder, hidden ones too.
  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
  }
}

extension String {
  fileprivate func count(_ character: Character) -> Int { count { $0 == character } }
}
