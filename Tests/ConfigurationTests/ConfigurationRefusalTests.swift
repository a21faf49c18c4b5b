import Testing

@testable import Configuration

/// Every error sentence of a configuration, verbatim.
@Suite struct ConfigurationRefusalTests {
  private func refusal(_ yaml: String, set overrides: [String] = []) -> String? {
    ConfigurationFixture.refusal(of: yaml, set: overrides)
  }

  /// The refusal of keys after a valid data set, which is on line 1.
  private func refusalBelowData(_ yaml: String) -> String? {
    refusal(ConfigurationFixture.data + yaml)
  }

  @Test func unknownKeysNameTheirLineAndTheNearestKey() {
    #expect(
      refusalBelowData("model:\n  backbone: fm\n  embeding_dim: 16\n")
        == "demo.yaml:4: model.embeding_dim: unknown key; did you mean embedding_dim?")
    #expect(
      refusalBelowData("modle: {backbone: fm}\n")
        == "demo.yaml:2: modle: unknown key; did you mean model?")
    #expect(
      refusalBelowData("extend: base.yaml\n")
        == "demo.yaml:2: extend: unknown key; did you mean extends?")
    #expect(
      refusalBelowData("features: {overrides: {C1: {bucket: 10}}}\n")
        == "demo.yaml:2: features.overrides.C1.bucket: unknown key; did you mean buckets?")
  }

  @Test func aKeyInTheWrongSectionIsReportedWithItsSection() {
    #expect(
      refusalBelowData("batch_size: 10\n")
        == "demo.yaml:2: batch_size: unknown key; did you mean training.batch_size?")
    #expect(
      refusal("dataset:\n  train: a\n  seed: 1\n")
        == "demo.yaml:3: dataset.seed: unknown key; did you mean dataset.split.seed?")
  }

  @Test func aKeyOfFuxiCTRIsReportedWithItsNameHere() {
    #expect(
      refusalBelowData("model: {dnn_hidden_units: [400]}\n")
        == "demo.yaml:2: model.dnn_hidden_units: unknown key; did you mean model.hidden_units?")
    for named in KeyAdvice.namesElsewhere.values.flatMap({ $0.split(separator: " and ") }) {
      #expect(RunConfiguration.keys.contains(String(named)))
    }
    for other in KeyAdvice.namesElsewhere.keys {
      #expect(!RunConfiguration.keys.contains { $0.split(separator: ".").last == other[...] })
    }
  }

  @Test func aKeyUnlikeAnyOtherIsReportedWithTheListOfKeys() {
    #expect(
      refusalBelowData("features: {wings: 2}\n")
        == "demo.yaml:2: features.wings: unknown key; expected one of categorical, numeric, overrides"
    )
  }

  @Test(arguments: [
    ("training: {batch_size: many}", "batch_size: found \"many\"", "1 to 2147483647"),
    ("training: {batch_size: '4096'}", "batch_size: found the text \"4096\"", "1 to 2147483647"),
    ("training: {batch_size: 0}", "batch_size: found 0", "1 to 2147483647"),
    ("training: {batch_size: 1.5}", "batch_size: found 1.5", "1 to 2147483647"),
    ("training: {batch_size: [1]}", "batch_size: found a list", "1 to 2147483647"),
    ("training: {batch_size: {a: 1}}", "batch_size: found a mapping", "1 to 2147483647"),
    ("training: {batch_size: }", "batch_size: found nothing", "1 to 2147483647"),
  ])
  func wholeNumbersAreWhole(yaml: String, found: String, bounds: String) {
    #expect(
      refusalBelowData(yaml)
        == "demo.yaml:2: training.\(found), expected a whole number from \(bounds)")
  }

  @Test(arguments: [
    ("training: {epochs: 0}", "training.epochs: found 0, expected a whole number of at least 1"),
    (
      "training: {eval_steps: -1}",
      "training.eval_steps: found -1, expected a whole number of at least 1"
    ),
    ("training: {seed: -1}", "training.seed: found -1, expected a whole number of at least 0"),
    ("training: {learning_rate: 0}", "training.learning_rate: found 0, expected a number above 0"),
    (
      "training: {learning_rate: .nan}",
      "training.learning_rate: found \".nan\", expected a number above 0"
    ),
    (
      "training: {learning_rate: 1e999}",
      "training.learning_rate: found \"1e999\", expected a number above 0"
    ),
    (
      "training: {learning_rate: 0x1}",
      "training.learning_rate: found \"0x1\", expected a number above 0"
    ),
    (
      "training: {net_regularizer: -1e-6}",
      "training.net_regularizer: found -1e-6, expected a number of at least 0"
    ),
    ("training: {shuffle: maybe}", "training.shuffle: found \"maybe\", expected true or false"),
    (
      "training: {shuffle: 'true'}",
      "training.shuffle: found the text \"true\", expected true or false"
    ),
    (
      "training: {monitor: {logloss: 1}}",
      "training.monitor.logloss: found 1, expected a number of at most 0"
    ),
    ("training: 3", "training: found 3, expected a mapping"),
    (
      "training: {optimizer: adm}",
      "training.optimizer: found \"adm\", expected one of adam, adamw, adagrad, sgd, "
        + "rowwise_adagrad; did you mean adam?"
    ),
    (
      "training: {embedding_update: lasy}",
      "training.embedding_update: found \"lasy\", expected one of dense, lazy; did you mean lazy?"
    ),
    (
      "model: {embedding_dim: 1_0_}",
      "model.embedding_dim: found \"1_0_\", expected a whole number from 1 to 65536"
    ),
    (
      "model: {paradigm: [generative]}",
      "model.paradigm: found a list, expected one of discriminative, generative"
    ),
    ("model: {encoder: {gamma: -2}}", "model.encoder.gamma: found -2, expected a number above 0"),
    (
      "model: {num_cross_layers: 0}",
      "model.num_cross_layers: found 0, expected a whole number from 1 to 1000"
    ),
    (
      "model: {cross_dropout: 1}",
      "model.cross_dropout: found 1, expected a number of at least 0 and below 1"
    ),
    (
      "model: {net_dropout: -0.1}",
      "model.net_dropout: found -0.1, expected a number of at least 0 and below 1"
    ),
    ("model: {hidden_units: 400}", "model.hidden_units: found 400, expected a list of widths"),
    (
      "model: {hidden_units: [400, 0]}",
      "model.hidden_units[1]: found 0, expected a whole number from 1 to 65536"
    ),
    (
      "model: {linear_type: FeLW}",
      "model.linear_type: found \"FeLW\", expected one of lw, felv, filv; did you mean felv?"
    ),
    (
      "model: {field_interaction_type: matrix}",
      "model.field_interaction_type: found \"matrix\", expected one of matrixed, vectorized; "
        + "did you mean matrixed?"
    ),
    (
      "model: {encoder: {source: high}}",
      "model.encoder.source: found \"high\", expected one of all, own, high_cardinality, "
        + "low_cardinality; did you mean high_cardinality?"
    ),
    ("run: a/b", "run: found \"a/b\", expected a name without slashes"),
    (
      "features: {categorical: {encoding: hash, buckets: 0}}",
      "features.categorical.buckets: found 0, expected auto or a whole number from 1 to 4294967294"
    ),
    (
      "features: {numeric: {encoding: log}}",
      "features.numeric.encoding: found \"log\", expected one of auto, log_bucket, value, quantile; did you mean log_bucket?"
    ),
    (
      "features: {categorical: {encoding: vocabulary, min_count: null}}",
      "features.categorical.min_count: found nothing, expected a whole number of at least 1; "
        + "write 1 to keep every value"
    ),
    (
      "training: {max_gradient_norm: null}",
      "training.max_gradient_norm: found nothing, expected a number of at least 0; write 0 for none"
    ),
    (
      "training: {monitor: AUC}",
      "training.monitor: found \"AUC\", expected a mapping; "
        + "write monitor: {AUC: 1} or {logloss: -1}"
    ),
    ("features: {overrides: [C1]}", "features.overrides: found a list, expected a mapping"),
    (
      "features: {categorical: {encoding: auto, buckets: 10}}",
      "features.categorical.buckets: has no meaning with encoding: auto (hash takes it); remove it"
    ),
    (
      "features: {numeric: {quantiles: 10}}",
      "features.numeric.quantiles: has no meaning with encoding: auto (quantile takes it); remove it"
    ),
    (
      "features: {overrides: {I1: {encoding: value, buckets: 3}}}",
      "features.overrides.I1.buckets: has no meaning with encoding: value; remove it"
    ),
  ])
  func valuesOfTheWrongKindAreReportedWithWhatIsExpected(yaml: String, sentence: String) {
    #expect(refusalBelowData(yaml) == "demo.yaml:2: \(sentence)")
  }

  @Test func trainingDataMustBeNamed() {
    let problem = "dataset: no training data, expected train, or source with split; name the files"
    #expect(refusal("") == "demo.yaml: \(problem)")
    #expect(refusal("run: x\n\ndataset: {valid: a}\n") == "demo.yaml:3: \(problem)")
    #expect(
      refusal("- a\n")
        == "demo.yaml:1: not a configuration: found a list, expected a mapping with some of "
        + "extends, run, dataset, features, model, training")
  }

  @Test func invalidYAMLIsReportedWithLineAndColumn() {
    #expect(
      refusal("dataset:\n  train: [a, b\nmodel: 3\n")
        == "demo.yaml:3:6: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence"
    )
    #expect(
      refusal("dataset:\n\ttrain: a\n")
        == "demo.yaml:2:1: not valid YAML: found character that cannot start any token "
        + "while scanning for the next token")
    #expect(
      refusal("dataset: *nowhere\n")
        == "demo.yaml:1:10: not valid YAML: found undefined alias")
    #expect(
      refusal("run: a\n---\nrun: b\n")
        == "demo.yaml:2:1: not valid YAML: but found another document "
        + "expected a single document in the stream")
    #expect(
      refusal("run: a\nmodel: \u{1}\n")
        == "demo.yaml:2:8: not valid YAML: control characters are not allowed; remove the character"
    )
  }

  @Test func aKeyWrittenTwiceIsRefused() {
    #expect(
      refusalBelowData("training:\n  seed: 1\n  epochs: 2\n  seed: 3\n")
        == "demo.yaml:3: seed: written twice in one mapping; remove one")
    #expect(
      refusalBelowData("training:\n  seed: 1\n  'seed': 3\n")
        == "demo.yaml:3: seed: written twice in one mapping; remove one")
    #expect(
      refusalBelowData("training: {[a]: 1}\n")
        == "demo.yaml:2: training: found a list or mapping as a key, expected a word")
  }

  @Test func overridesAreReportedAsTheyWereGiven() {
    let data = ConfigurationFixture.data
    #expect(
      refusal(data, set: ["model.embeding_dim=16"])
        == "--set model.embeding_dim=16: model.embeding_dim: unknown key; did you mean embedding_dim?"
    )
    #expect(
      refusal(data, set: ["training.seed=a\nb"])
        == "--set training.seed=a\\nb: training.seed: found \"a b\", expected a whole number of at least 0"
    )
    #expect(
      refusal(data, set: ["model.backbone=lr", "model.paradigm=generative"])
        == "--set model.paradigm=generative: model.paradigm: found \"generative\", expected "
        + "discriminative: backbone lr has no interaction whose side could be generated")
    #expect(
      refusal(data, set: ["dataset.train=[a"])
        == "--set dataset.train=[a: dataset.train: not valid YAML: did not find expected ',' or ']' "
        + "while parsing a flow sequence")
    #expect(
      refusal(data, set: ["extends=base.yaml"])
        == "--set extends=base.yaml: extends: cannot be set; name it in the file")
    #expect(
      refusal(data, set: ["model=3"]) == "--set model=3: model: found 3, expected a mapping")
  }

  @Test func anOverrideNeedsAKeyAndAnEqualsSign() {
    for text in ["", "a", "=1", "a.=1", ".a=1", "a..b=1"] {
      #expect(ConfigurationOverride(text) == nil)
    }
  }
}
