import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct RunFolderCommandTests {
  @Test func aRunFolderContainsItsFilesAndTheyParse() throws {
    let tiny = try TinyRun()
    #expect(
      try tiny.files(below: "run") == [
        "config.yaml", "metrics.jsonl", "result.json", "checkpoint/best.safetensors",
        "checkpoint/last.safetensors", "checkpoint/seen_rows.safetensors", "checkpoint/data.json",
        "encoder/fields.json",
      ])
    for line in try tiny.text("run/metrics.jsonl").split(separator: "\n") {
      let members = try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let common: Set = ["step", "epoch", "rows", "split", "train_loss", "learning_rate"]
      let own: Set =
        members["split"] as? String == "train"
        ? ["span", "samples_per_second", "seconds", "cpu_seconds"]
        : [
          "AUC", "logloss", "table_information_abundance", "table_rankme", "samples_per_second",
          "shares",
        ]
      #expect(Set(members.keys) == common.union(own))
    }
    let result = try tiny.json("run/result.json")
    #expect(result["seed"] as? Int == 2021)
    #expect((result["parameters"] as? [String: Any])?["total"] as? Int ?? 0 > 0)
    #expect(result["peak_memory_bytes"] as? Int ?? 0 > 0)
    #expect((try tiny.json("run/encoder/fields.json")["fields"] as? [Any])?.count == 39)
    let weights = try tiny.bytes("run/checkpoint/best.safetensors")
    let header = weights.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let tensors = try #require(
      JSONSerialization.jsonObject(with: weights[8..<8 + header]) as? [String: Any])
    let metadata = tensors["__metadata__"] as? [String: String]
    #expect(try metadata?["config"] == tiny.text("run/config.yaml"))
    #expect((tensors["encoder.weight"] as? [String: Any])?["shape"] as? [Int] == [156, 156])
  }

  /// The kernel's peak of a process starts at the memory of its parent.
  @Test func peakMemoryExcludesTheParentProcess() throws {
    let ballast = [UInt8](repeating: 1, count: 1 << 29)
    let tiny = try TinyRun()
    let peak = try tiny.json("run/result.json")["peak_memory_bytes"] as? Int ?? .max
    #expect(peak < ballast.count)
  }

  @Test(arguments: [1, 2, 3])
  func theResolvedConfigurationTrainsToTheSameBytes(threads: Int) throws {
    let tiny = try TinyRun()
    let again = try tiny.sfg(
      "train --config run/config.yaml --output again --threads \(threads) --quiet")
    #expect(again.status == 0, "\(again.errors)")
    for file in ["config.yaml", "checkpoint/best.safetensors", "encoder/fields.json"] {
      #expect(try tiny.bytes("run/\(file)") == tiny.bytes("again/\(file)"), "\(file) differs")
    }
    let other = try tiny.sfg(
      "train --config run/config.yaml --output other --set training.seed=1 --quiet")
    #expect(other.status == 0)
    #expect(
      try tiny.bytes("run/checkpoint/best.safetensors")
        != tiny.bytes("other/checkpoint/best.safetensors"))
  }

  @Test func resultsAreOnStandardOutputAndProgressOnStandardError() throws {
    let tiny = try TinyRun(trained: false)
    let quiet = try tiny.sfg("train --config tiny.yaml --output a --quiet")
    #expect(quiet.errors.isEmpty)
    #expect(quiet.output.hasSuffix("run: a\n"))
    let loud = try tiny.sfg("train --config tiny.yaml --output b")
    #expect(loud.output == quiet.output.replacing("run: a\n", with: "run: b\n"))
    #expect(loud.errorLines.count { $0.hasPrefix("epoch ") } >= 3)
    #expect(!loud.errors.contains("\u{1B}"))
  }

  @Test func setChangesOneKeyOfTheResolvedConfiguration() throws {
    let tiny = try TinyRun()
    let other = try tiny.sfg(
      "train --config tiny.yaml --output other --set model.embedding_dim=3 --quiet")
    #expect(other.status == 0, "\(other.errors)")
    #expect(
      try tiny.text("other/config.yaml")
        == tiny.text("run/config.yaml").replacing("embedding_dim: 4", with: "embedding_dim: 3"))
  }

  @Test func trainingReadsStandardInput() throws {
    let tiny = try TinyRun(trained: false)
    let train = try SFGBinary.run(
      [
        "train", "--config", "tiny.yaml", "--output", "run", "--quiet",
        "--set", "dataset.source=[]", "--set", "dataset.split=null",
        "--set", "dataset.train=[\"-\"]", "--set", "training.epochs=1",
      ], in: tiny.folder.path, input: tiny.path("clicks.tsv.gz"))
    #expect(train.status == 0, "\(train.errors)")
    let data = try tiny.json("run/result.json")["data"] as? [String: [String: Any]]
    #expect(data?["train"]?["rows"] as? Int == 2000)
  }

  @Test func interruptSavesTheLastWeightsAndLeavesNoTemporaryFiles() throws {
    let tiny = try TinyRun(trained: false)
    let running = try SFGBinary.start(
      "train --config tiny.yaml --output run --set training.epochs=1000000 --set training.early_stop_patience=1000000"
        .split(separator: " ").map(String.init), in: tiny.folder.path)
    try running.wait { tiny.exists("run/metrics.jsonl") }
    running.interrupt()
    let outcome = try running.outcome()
    #expect(outcome.status == 130)
    #expect(outcome.errorLines.last?.contains("interrupted after step") == true)
    #expect(tiny.exists("run/checkpoint/last.safetensors"))
    #expect(!tiny.exists("run/result.json"))
    #expect(try tiny.files(below: ".").allSatisfy { !$0.hasSuffix(".tmp") })
  }

  @Test func interruptedSynthesisLeavesNoFile() throws {
    let folder = try TemporaryFolder()
    let running = try SFGBinary.start(
      ["synth", "--preset", "criteo", "--rows", "1000000000", "--output", "a.gz"], in: folder.path)
    func files() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path)
    }
    try running.wait { try !files().isEmpty }
    running.interrupt()
    #expect(try running.outcome().status == 130)
    #expect(try files().isEmpty)
  }
}
