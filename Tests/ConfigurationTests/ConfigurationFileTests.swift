import ClickData
import Configuration
import Foundation
import Models
import Platform
import Testing

/// Files that extend one another, anchors and merge keys.
@Suite struct ConfigurationFileTests {
  private func read(
    _ files: KeyValuePairs<String, String>, set overrides: [String] = []
  ) throws -> RunConfiguration {
    try ConfigurationFixture.readFiles(files, set: overrides).get()
  }

  private func refusal(_ files: KeyValuePairs<String, String>) throws -> String? {
    switch try ConfigurationFixture.readFiles(files) {
    case .success: nil
    case .failure(let refusal): refusal.sentence
    }
  }

  private let base = """
    dataset:
      train: [a, b]
      valid: v
    model: {embedding_dim: 8, encoder: {gamma: 2, activation: tanh}}
    features: {overrides: {C1: {encoding: hash, buckets: 5}, C2: {encoding: hash, buckets: 6}}}
    """

  @Test func aChildWinsKeyByKeyAndListsAreReplaced() throws {
    let child = """
      extends: base.yaml
      dataset: {train: c, test: t}
      model: {encoder: {gamma: 3}}
      features: {overrides: {C2: {buckets: 7}, C3: {encoding: hash, buckets: 8}}}
      """
    let configuration = try read(["child.yaml": child, "base.yaml": base])
    #expect(configuration.dataset.train == ["c"])
    #expect(configuration.dataset.valid == ["v"])
    #expect(configuration.dataset.test == ["t"])
    #expect(configuration.model.embeddingDimension == 8)
    #expect(configuration.model.encoder.gamma == 3)
    #expect(configuration.model.encoder.activation == .tanh)
    let buckets = [("C1", 5), ("C2", 7), ("C3", 8)].map {
      ($0.0, FieldEncoding.categorical(.hash(buckets: $0.1)))
    }
    #expect(configuration.features.overrides == Dictionary(uniqueKeysWithValues: buckets))
  }

  @Test func pathsOfParentsAreRelativeToTheFileThatExtendsThem() throws {
    let configuration = try read([
      "deep/child.yaml": "extends: ../middle.yaml\nrun: child\n",
      "middle.yaml": "extends: bases/base.yaml\nrun: middle\nmodel: {embedding_dim: 9}\n",
      "bases/base.yaml": base,
    ])
    #expect(configuration.run == "child")
    #expect(configuration.model.embeddingDimension == 9)
    #expect(configuration.model.encoder.gamma == 2)
  }

  @Test func nullResetsAValueOfAParent() throws {
    let configuration = try read([
      "child.yaml": "extends: base.yaml\ndataset: {train: ~, valid: null, source: s}\nmodel:\n",
      "base.yaml": base,
    ])
    #expect(configuration.dataset.source == ["s"])
    #expect(configuration.dataset.split == DatasetSettings.SplitShares())
    #expect(configuration.model == ModelSettings())
  }

  @Test func overridesApplyAfterAllFilesInTheirOrder() throws {
    let configuration = try read(
      ["child.yaml": "extends: base.yaml\nmodel: {embedding_dim: 9}\n", "base.yaml": base],
      set: ["model.embedding_dim=10", "model.encoder={gamma: 4}", "model.embedding_dim=11"])
    #expect(configuration.model.embeddingDimension == 11)
    #expect(configuration.model.encoder.gamma == 4)
    #expect(configuration.model.encoder.activation == .tanh)
  }

  @Test func errorsNameTheFileOfTheLine() throws {
    #expect(
      try refusal([
        "child.yaml": "extends: base.yaml\nrun: a\n",
        "base.yaml": base + "\ntraining:\n  bach_size: 3\n",
      ]) == "base.yaml:7: training.bach_size: unknown key; did you mean batch_size?")
    #expect(
      try refusal([
        "child.yaml": "extends: base.yaml\n\nmodel:\n  encoder: {gamma: x}\n", "base.yaml": base,
      ]) == "child.yaml:4: model.encoder.gamma: found \"x\", expected a number above 0")
    #expect(
      try refusal([
        "child.yaml": "extends: base.yaml\ndataset:\n  source: s\n", "base.yaml": base,
      ])
        == "child.yaml:3: dataset.source: given together with dataset.train; remove one or set it to null "
        + "(dataset.train is at base.yaml:2)")
  }

  @Test func aKeyThatAnotherEncodingHasIsRemovedWhereTheFileIsExtended() throws {
    let parent =
      "dataset: {train: a}\nfeatures: {categorical: {encoding: vocabulary, min_count: 2}}\n"
    let child = "extends: base.yaml\nfeatures: {categorical: {encoding: hash}}\n"
    #expect(
      try refusal(["child.yaml": child, "base.yaml": parent])
        == "base.yaml:2: features.categorical.min_count: has no meaning with encoding: hash; "
        + "remove it, or write min_count: null beside encoding in child.yaml")
    let repaired = child.replacing("encoding: hash", with: "encoding: hash, min_count: null")
    #expect(throws: Never.self) { try read(["child.yaml": repaired, "base.yaml": parent]) }
  }

  @Test func unreadableParentsAreReportedWithTheLine() throws {
    #expect(
      try refusal(["child.yaml": "run: a\nextends: nowhere.yaml\n"])
        == "child.yaml:2: extends: nowhere.yaml: no such file; check the path")
    #expect(
      try refusal(["child.yaml": "extends: [a.yaml, b.yaml]\n", "a.yaml": ""])
        == "child.yaml:1: extends: b.yaml: no such file; check the path")
    #expect(
      try refusal(["child.yaml": "extends: base.yaml\n", "base.yaml": "run: [\n"])
        == "base.yaml:2:1: not valid YAML: did not find expected node content "
        + "while parsing a flow node")
  }

  @Test func filesThatExtendOneAnotherAreRefused() throws {
    #expect(
      try refusal(["a.yaml": "extends: a.yaml\n"])
        == "a.yaml:1: extends: the files extend one another: a.yaml → a.yaml")
    #expect(
      try refusal([
        "a.yaml": "extends: b.yaml\n", "b.yaml": "extends: ./deep/../c.yaml\n",
        "c.yaml": "\nextends: b.yaml\n", "deep/d.yaml": "",
      ])
        == "./deep/../c.yaml:2: extends: the files extend one another: "
        + "b.yaml → ./deep/../c.yaml → ./deep/../b.yaml")
  }

  @Test func aMissingFileIsMissingInput() throws {
    #expect(throws: FileFailure.missing(path: "/nowhere/demo.yaml")) {
      try RunConfiguration(file: "/nowhere/demo.yaml")
    }
    let folder = FileManager.default.temporaryDirectory.path
    #expect(throws: FileFailure.isDirectory(path: folder)) { try RunConfiguration(file: folder) }
  }

  @Test func textThatIsNotUTF8IsRefused() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: path) }
    try Data([0x72, 0x75, 0x6E, 0x3A, 0x20, 0xFF]).write(to: path)
    #expect {
      try RunConfiguration(file: path.path)
    } throws: {
      "\($0)" == "\(path.path): not UTF-8 text; save it as UTF-8"
    }
  }

  @Test func aliasesAndMergeKeysAreReplacedByTheirValues() throws {
    let configuration = try ConfigurationFixture.read(
      """
      dataset: {train: &files [a, b], valid: *files}
      features:
        overrides:
          C1: &small {encoding: hash, buckets: 5}
          C2: &auto {encoding: hash, max_buckets: 7}
          C3: *small
          C4: {<<: *small, buckets: 6}
          C5: {<<: [*small, {buckets: 9}]}
          C6:
            << : *auto
          C7: {buckets: 3, <<: *small}
      """)
    #expect(configuration.dataset.valid == ["a", "b"])
    let expected: [String: CategoricalEncoding] = [
      "C1": .hash(buckets: 5), "C2": .autoHash(maxBuckets: 7), "C3": .hash(buckets: 5),
      "C4": .hash(buckets: 6), "C5": .hash(buckets: 5), "C6": .autoHash(maxBuckets: 7),
      "C7": .hash(buckets: 3),
    ]
    #expect(configuration.features.overrides == expected.mapValues { .categorical($0) })
  }

  @Test func errorsPointThroughAliasesToTheLineOfTheValue() {
    let overrides = ConfigurationFixture.data + "features:\n  overrides:\n    C1: &small\n"
    #expect(
      ConfigurationFixture.refusal(
        of: overrides + "      {encoding: hash, buckets: 5}\n    C2: {<<: *small, bukets: 1}\n")
        == "demo.yaml:6: features.overrides.C2.bukets: unknown key; did you mean buckets?")
    #expect(
      ConfigurationFixture.refusal(
        of: ConfigurationFixture.data
          + "training:\n  epochs: &count none\n  seed: 1\nmodel: {embedding_dim: *count}\n")
        == "demo.yaml:3: model.embedding_dim: found \"none\", expected a whole number from 1 to 65536"
    )
    #expect(
      ConfigurationFixture.refusal(
        of: ConfigurationFixture.data
          + "model:\n  encoder: &wrong\n    gamma: 2\nfeatures:\n  numeric:\n    <<: *wrong\n")
        == "demo.yaml:4: features.numeric.gamma: unknown key; did you mean model.encoder.gamma?")
    #expect(
      ConfigurationFixture.refusal(of: ConfigurationFixture.data + "model: {<<: 3}\n")
        == "demo.yaml:2: model.<<: found 3, expected a mapping or a list of mappings to merge")
  }

  @Test func thePublishedExampleIsRead() throws {
    let configuration = try ConfigurationFixture.read(
      """
      run: fm_gen
      dataset:
        format: criteo                  # criteo (TSV, no header) | avazu (CSV, header)
        train: [data/train-*.tsv.gz]
        valid: data/valid.tsv.gz
        test:  data/test.tsv.gz
        on_bad_row: fail
      features:
        categorical: {encoding: hash, buckets: auto, max_buckets: 1_000_000}
        numeric:     {encoding: log_bucket}
        overrides:   {}
      model:
        backbone: fm
        paradigm: generative
        embedding_dim: 16
        encoder: {activation: relu, gamma: 8, source: all, residual: true, input: layer_state}
      training:
        batch_size: 4096
        epochs: 100
        optimizer: adam
        embedding_update: dense
        learning_rate: 1.0e-3
        embedding_regularizer: 1.0e-5
        net_regularizer: 0
        max_gradient_norm: 10
        shuffle: true
        seed: 2021
        eval_steps: null
        monitor: {AUC: 1}
        early_stop_patience: 2
        reduce_lr_on_plateau: true
      """)
    #expect(configuration.dataset.train == ["data/train-*.tsv.gz"])
    #expect(configuration.model.paradigm == .generative)
    #expect(configuration.model.encoder.gamma == 8)
    #expect(configuration.training.embeddingRegularizer == 1e-5)
    #expect(configuration.training.evalSteps == nil)
  }
}
