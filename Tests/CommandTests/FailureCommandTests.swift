import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct FailureCommandTests {
  /// A command line, its exit status, and a part of its error message.
  struct Failure: CustomTestStringConvertible, Sendable {
    let line: String
    let status: Int32
    let message: String
    init(_ line: String, _ status: Int32, _ message: String) {
      (self.line, self.status, self.message) = (line, status, message)
    }
    var testDescription: String { line }
  }

  static let failures = [
    Failure("train --config tiny.yaml --set training.epoch=3", 78, "did you mean epochs?"),
    Failure("train --config tiny.yaml --set modle.embedding_dim=3", 78, "did you mean model?"),
    Failure("train --config tiny.yaml --set training.epochs=0", 78, "found 0, expected a whole"),
    Failure("train --config tiny.yaml --set training.seed=-1", 78, "at least 0"),
    Failure(
      "train --config tiny.yaml --set model.backbone=lr", 78,
      "tiny.yaml:8: model.paradigm: found \"generative\""),
    Failure("train --config clicks.tsv.gz", 78, "not UTF-8 text"),
    Failure("train --config tiny.yaml --quiet --set training.batch_size=2e9", 78, "memory: "),
    Failure("train --config tiny.yaml --quiet --set model.embedding_dim=65536", 78, "memory: "),
    Failure(
      "train --config tiny.yaml --quiet --set features.categorical.buckets=4e9", 78, "memory: "),
    Failure("train --config absent.yaml", 66, "absent.yaml: no such file"),
    Failure("train --config .", 66, ".: is a directory"),
    Failure("train --config tiny.yaml --set dataset.source=absent", 66, "absent: no such file"),
    Failure("train --config tiny.yaml --set dataset.source=absent*", 66, "no file matches"),
    Failure("train --config tiny.yaml --set dataset.source=none", 66, "expected files of data"),
    Failure("train --config tiny.yaml --set dataset.source=/dev/null --quiet", 65, "an empty file"),
    Failure(
      "train --config tiny.yaml --set dataset.source=cut.gz --quiet", 65,
      "gzip data ends early at byte 40000, the last good row is line "),
    Failure(
      "train --config tiny.yaml --set dataset.source=one.tsv --quiet", 65,
      "expected rows, found none; check the files and the split's share"),
    Failure("train --config tiny.yaml --output tiny.yaml --quiet", 74, "cannot make the folder"),
    Failure("train --config tiny.yaml --output /proc/none --quiet", 74, "cannot make the folder"),
    Failure("eval --run absent", 66, "absent/config.yaml: no such file"),
    Failure("synth --preset criteo --rows 9 --output /proc/none/x", 74, "cannot make the folder"),
    Failure("synth --preset criteo --rows 9 --output tiny.yaml/x", 74, "cannot make the folder"),
  ]

  @Test func failuresEndWithTheirStatusAndOneLine() throws {
    let tiny = try TinyRun(trained: false)
    try FileManager.default.createDirectory(
      atPath: tiny.path("none"), withIntermediateDirectories: false)
    _ = try tiny.folder.write("cut.gz", Array(try tiny.bytes("clicks.tsv.gz").prefix(40_000)))
    // With a single row, all splits but the first are empty.
    _ = try tiny.folder.write("one.tsv", "1" + String(repeating: "\t", count: 39) + "\n")
    for failure in Self.failures {
      let outcome = try tiny.sfg(failure.line)
      #expect(outcome.status == failure.status, "\(failure.line): \(outcome.errors)")
      #expect(outcome.errorLines.count == 1, "\(failure.line): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("Error: "), "\(failure.line)")
      #expect(outcome.errors.contains(failure.message), "\(failure.line): \(outcome.errors)")
      #expect(outcome.output.isEmpty, "\(failure.line)")
    }
  }

  @Test(arguments: [
    ["train", "--config", "a", "--output", ""], ["eval", "--run", ""],
    ["eval", "--run", "a", "--predictions", "-"], ["analyze", "collapse", "--run", ""],
    ["analyze", "redundancy", "--run", "a", "--output", ""],
    ["synth", "--preset", "criteo", "--rows", "9", "--output", "a", "--truth", "a"],
    ["eval", "--run", "a", "--split", "train", "--data", "b"],
  ])
  func invalidCommandLinesAreUsageErrors(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let outcome = try SFGBinary.run(arguments, in: folder.path)
    #expect(outcome.status == 64)
    #expect(outcome.errors.hasPrefix("Error: "))
    #expect(outcome.output.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func damagedRunsAreRefused() throws {
    let tiny = try TinyRun()
    func eval(status: Int32, message: String) throws {
      for command in ["eval", "analyze collapse", "analyze redundancy"] {
        let outcome = try tiny.sfg("\(command) --run run")
        #expect(outcome.status == status, "\(command): \(outcome.errors)")
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.contains(message), "\(command): \(outcome.errors)")
      }
    }
    let weights = Array(try tiny.bytes("run/checkpoint/best.safetensors"))
    _ = try tiny.folder.write("run/checkpoint/best.safetensors", Array(weights.dropLast(4)))
    try eval(status: 65, message: "damaged checkpoint")
    _ = try tiny.folder.write("run/checkpoint/best.safetensors", weights)
    let encoder = try tiny.text("run/encoder/fields.json")
    _ = try tiny.folder.write(
      "run/encoder/fields.json", encoder.replacing("\"buckets\" : 50", with: "\"buckets\" : 51"))
    try eval(status: 65, message: "its bytes do not have the checksum that is its seal")
    _ = try tiny.folder.write("run/encoder/fields.json", "{")
    try eval(status: 65, message: "expected an encoder as JSON")
    _ = try tiny.folder.write("run/encoder/fields.json", encoder)
    _ = try tiny.folder.write("run/config.yaml", "a: [")
    try eval(status: 78, message: "run/config.yaml:")
  }
}
