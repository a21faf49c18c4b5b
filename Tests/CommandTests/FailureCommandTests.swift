import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct FailureCommandTests {
  /// A command line, the number it ends with, and what its one line says.
  struct Trouble: CustomTestStringConvertible, Sendable {
    let line: String
    let status: Int32
    let says: String
    init(_ line: String, _ status: Int32, _ says: String) {
      (self.line, self.status, self.says) = (line, status, says)
    }
    var testDescription: String { line }
  }

  static let troubles = [
    Trouble("train --config tiny.yaml --set training.epoch=3", 78, "did you mean epochs?"),
    Trouble("train --config tiny.yaml --set modle.embedding_dim=3", 78, "did you mean model?"),
    Trouble("train --config tiny.yaml --set training.epochs=0", 78, "found 0, expected a whole"),
    Trouble("train --config tiny.yaml --set training.seed=-1", 78, "at least 0"),
    Trouble(
      "train --config tiny.yaml --set model.backbone=lr", 78,
      "tiny.yaml:8: model.paradigm: found \"generative\""),
    Trouble("train --config clicks.tsv.gz", 78, "not UTF-8 text"),
    Trouble("train --config tiny.yaml --quiet --set training.batch_size=2e9", 78, "memory: "),
    Trouble("train --config tiny.yaml --quiet --set model.embedding_dim=65536", 78, "memory: "),
    Trouble(
      "train --config tiny.yaml --quiet --set features.categorical.buckets=4e9", 78, "memory: "),
    Trouble("train --config absent.yaml", 66, "absent.yaml: no such file"),
    Trouble("train --config .", 66, ".: is a directory"),
    Trouble("train --config tiny.yaml --set dataset.source=absent", 66, "absent: no such file"),
    Trouble("train --config tiny.yaml --set dataset.source=absent*", 66, "no file matches"),
    Trouble("train --config tiny.yaml --set dataset.source=none", 66, "expected files of data"),
    Trouble("train --config tiny.yaml --set dataset.source=/dev/null --quiet", 65, "an empty file"),
    Trouble(
      "train --config tiny.yaml --set dataset.source=cut.gz --quiet", 65,
      "gzip data ends early at byte 40000, the last good row is line "),
    Trouble(
      "train --config tiny.yaml --set dataset.source=one.tsv --quiet", 65,
      "expected rows, found none; check the files and the split's share"),
    Trouble("train --config tiny.yaml --output tiny.yaml --quiet", 74, "cannot make the folder"),
    Trouble("train --config tiny.yaml --output /proc/none --quiet", 74, "cannot make the folder"),
    Trouble("eval --run absent", 66, "absent/config.yaml: no such file"),
    Trouble("synth --preset criteo --rows 9 --output /proc/none/x", 74, "cannot make the folder"),
    Trouble("synth --preset criteo --rows 9 --output tiny.yaml/x", 74, "cannot make the folder"),
  ]

  @Test func troubleEndsWithItsNumberAndOneLine() throws {
    let tiny = try TinyRun(trained: false)
    try FileManager.default.createDirectory(
      atPath: tiny.path("none"), withIntermediateDirectories: false)
    _ = try tiny.folder.write("cut.gz", Array(try tiny.bytes("clicks.tsv.gz").prefix(40_000)))
    // Of this file's one row every split but the first is empty.
    _ = try tiny.folder.write("one.tsv", "1" + String(repeating: "\t", count: 39) + "\n")
    for trouble in Self.troubles {
      let outcome = try tiny.sfg(trouble.line)
      #expect(outcome.status == trouble.status, "\(trouble.line): \(outcome.errors)")
      #expect(outcome.errorLines.count == 1, "\(trouble.line): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("sfg: "), "\(trouble.line)")
      #expect(outcome.errors.contains(trouble.says), "\(trouble.line): \(outcome.errors)")
      #expect(outcome.output.isEmpty, "\(trouble.line)")
    }
  }

  @Test(arguments: [
    ["train", "--config", "a", "--output", ""], ["eval", "--run", ""],
    ["eval", "--run", "a", "--predictions", "-"], ["analyze", "collapse", "--run", ""],
    ["analyze", "redundancy", "--run", "a", "--output", ""],
    ["synth", "--preset", "criteo", "--rows", "9", "--output", "a", "--truth", "a"],
    ["eval", "--run", "a", "--split", "train", "--data", "b"],
  ])
  func impossibleCommandLinesAreUsage(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let outcome = try SFGBinary.run(arguments, in: folder.path)
    #expect(outcome.status == 64)
    #expect(outcome.errors.hasPrefix("Error: "))
    #expect(outcome.output.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func damagedRunsAreRefused() throws {
    let tiny = try TinyRun()
    func eval(status: Int32, says: String) throws {
      for command in ["eval", "analyze collapse", "analyze redundancy"] {
        let outcome = try tiny.sfg("\(command) --run run")
        #expect(outcome.status == status, "\(command): \(outcome.errors)")
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.contains(says), "\(command): \(outcome.errors)")
      }
    }
    let weights = Array(try tiny.bytes("run/checkpoint/best.safetensors"))
    _ = try tiny.folder.write("run/checkpoint/best.safetensors", Array(weights.dropLast(4)))
    try eval(status: 65, says: "damaged checkpoint")
    _ = try tiny.folder.write("run/checkpoint/best.safetensors", weights)
    let encoder = try tiny.text("run/encoder/fields.json")
    _ = try tiny.folder.write(
      "run/encoder/fields.json", encoder.replacing("\"buckets\" : 50", with: "\"buckets\" : 51"))
    try eval(status: 78, says: "embedding.C1.weight: expected F32 [52, 4], found F32 [51, 4]")
    _ = try tiny.folder.write("run/encoder/fields.json", "{")
    try eval(status: 65, says: "expected an encoder as JSON")
    _ = try tiny.folder.write("run/encoder/fields.json", encoder)
    _ = try tiny.folder.write("run/config.yaml", "a: [")
    try eval(status: 78, says: "run/config.yaml:")
  }
}
