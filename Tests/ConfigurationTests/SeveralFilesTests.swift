import Configuration
import Foundation
import Models
import Platform
import TestSupport
import Testing

/// Several configurations that are merged, and the name of their run.
@Suite struct SeveralFilesTests {
  private let data = "dataset: {train: a, valid: v}\ntraining: {epochs: 7}\n"
  private let model = "model: {backbone: dcnv2, embedding_dim: 8}\ntraining: {epochs: 3}\n"

  private func read(
    _ files: KeyValuePairs<String, String>, given names: [String]? = nil
  ) throws -> RunConfiguration {
    try ConfigurationFixture.readFiles(files, given: names).get()
  }

  private func refusal(_ files: KeyValuePairs<String, String>) throws -> String? {
    switch try ConfigurationFixture.readFiles(files) {
    case .success: nil
    case .failure(let refusal): refusal.sentence
    }
  }

  @Test func laterFilesWinKeyByKey() throws {
    let files: KeyValuePairs = ["data.yaml": data, "model.yaml": model]
    let configuration = try read(files, given: ["data.yaml", "model.yaml"])
    #expect(configuration.dataset.train == ["a"] && configuration.dataset.valid == ["v"])
    #expect(configuration.model.backbone == .dcnv2 && configuration.training.epochs == 3)
    let reversed = try read(files, given: ["model.yaml", "data.yaml"])
    #expect(reversed.model.backbone == .dcnv2 && reversed.training.epochs == 7)
  }

  @Test func aListOfExtendedFilesMeansTheSame() throws {
    let configuration = try read([
      "c.yaml": "extends: [data.yaml, deep/model.yaml]\nmodel: {embedding_dim: 9}\n",
      "data.yaml": data, "deep/model.yaml": "extends: ../base.yaml\n" + model,
      "base.yaml": "run: base\nmodel: {backbone: fm, hidden_units: [5]}\n",
    ])
    #expect(configuration.run == "base")
    #expect(configuration.model.backbone == .dcnv2 && configuration.model.deep.hiddenUnits == [5])
    #expect(configuration.training.epochs == 3 && configuration.model.embeddingDimension == 9)
  }

  @Test func aRunWithoutANameIsCalledAfterItsFiles() throws {
    #expect(try read(["night.yaml": data]).run == "night")
    #expect(try read(["night.yaml": "run: day\n" + data]).run == "day")
    #expect(try read(["folder/night.v2.yml": data]).run == "night.v2")
    #expect(try read(["plain": data]).run == "plain")
    let files: KeyValuePairs = ["data.yaml": data, "model.yaml": model]
    #expect(try read(files, given: ["data.yaml", "model.yaml"]).run == "data-model")
    #expect(try RunConfiguration(yaml: data, name: "x.yaml").run == "run")
  }

  @Test(arguments: [
    ("[]", "extends: found an empty list, expected the path of a file, or a list of paths"),
    ("{a: b}", "extends: found a mapping, expected the path of a file, or a list of paths"),
    ("", "extends: found nothing, expected the path of a file, or a list of paths"),
    ("\"\"", "extends: found the text \"\", expected the path of a file, or a list of paths"),
    ("[base.yaml, [base.yaml]]", "extends[1]: found a list, expected the path of a file"),
    ("[base.yaml, null]", "extends[1]: found nothing, expected the path of a file"),
    (
      "/dev/zero",
      "extends: /dev/zero: cannot read: found a device, expected a regular file"
    ),
  ])
  func whatIsNoPathIsRefused(value: String, problem: String) throws {
    #expect(
      try refusal(["c.yaml": data + "extends: \(value)\n", "base.yaml": "run: b\n"])
        == "c.yaml:3: \(problem)")
  }

  @Test func aFileThatIsNoConfigurationIsRefusedAndNotQuoted() throws {
    let keys = "expected a mapping with some of extends, run, dataset, features, model, training"
    let secrets: KeyValuePairs = [
      "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n":
        "found a text, \(keys)",
      "secret word\n": "found a text, \(keys)",
      "- secret\n- word\n": "found a list, \(keys)",
      "secret: word\nother secret: word\n": "found none of its keys, \(keys)",
    ]
    for (text, problem) in secrets {
      let files: KeyValuePairs = ["c.yaml": data + "extends: other\n", "other": text]
      #expect(try refusal(files) == "other:1: not a configuration: \(problem)")
      #expect(try refusal(["other": text]) == "other:1: not a configuration: \(problem)")
    }
    for text in ["secret word: 1\nsecret word: 2\n", "{secret word: *secret}", "!secret *word"] {
      let sentence = try #require(try refusal(["other": text]))
      #expect(!sentence.contains("secret") && !sentence.contains("word"), "\(sentence)")
    }
  }

  /// Each level names the next one twice: 2³⁰ files.
  @Test func exponentiallyManyFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    for level in 0..<30 {
      let next = "\(level + 1).yaml"
      _ = try folder.write("\(level).yaml", "extends: [\(next), \(next)]\n")
    }
    _ = try folder.write("30.yaml", data)
    let failure = #expect(throws: ConfigurationFailure.self) {
      try RunConfiguration(file: "\(folder.path)/0.yaml")
    }
    #expect(
      failure?.problem
        == "more than 100 files, each counted as often as it is extended; remove some")
  }

  @Test func aConfigurationOfMoreThanFourMebibytesIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("c.yaml", data + String(repeating: "# comment\n", count: 420_000))
    #expect(
      throws: FileFailure.refused(
        path: path, operation: "read",
        reason: "found more than 4194304 bytes, expected a configuration of at most as many")
    ) { try RunConfiguration(file: path) }
  }
}
