import ClickData
import Testing

@testable import Configuration

/// Configurations as the text that a run's folder keeps.
@Suite struct ConfigurationTextTests {
  @Test func theResolvedConfigurationIsCompleteAndInOrder() throws {
    let configuration = try ConfigurationFixture.read(
      "dataset: {format: delimited, source: data/a.csv}\nfeatures: {overrides: {C2: {}, 'C 1': {encoding: value}}}\n"
    )
    #expect(configuration.yaml == Self.resolved)
  }

  private static let resolved = """
    run: run
    dataset:
      format: delimited
      train: []
      valid: []
      test: []
      source:
        - data/a.csv
      split:
        by: null
        train: 0.8
        valid: 0.1
        test: 0.1
        seed: 2018
      label: null
      weight: null
      negative_rate: 1.0
      delimiter: null
      quote: double
      positive: null
      missing: []
      fields: []
      on_bad_row: fail
      max_bad_rows: 0.01
      cache: auto
    features:
      categorical:
        encoding: auto
        max_vocabulary: 1000000
        max_buckets: 1000000
        min_count: 2
      numeric:
        encoding: auto
      overrides:
        "C 1":
          encoding: value
          scale: none
        C2:
          encoding: auto
          max_vocabulary: 1000000
          max_buckets: 1000000
          min_count: 2
    model:
      backbone: fm
      paradigm: discriminative
      embedding_dim: 10
      embedding_sets: 1
      encoder:
        kind: field_wise
        activation: relu
        gamma: 1.0
        source: all
        num_source: 10
        rank: 32
        inner_activation: linear
        attention_dropout: 0.2
        residual: false
        input: layer_state
      target: all
      num_target: 10
      hidden_units:
        - 64
        - 64
        - 64
      hidden_activation: relu
      net_dropout: 0.0
      batch_norm: false
      head: mlp
      num_cross_layers: 3
      cross_dropout: 0.0
      cross_bias: false
      tokenizer: joint
      num_tokens: 16
      token_dim: 16
      tokenizer_hidden_units: []
      tokenizer_dropout: 0.0
      num_blocks: 2
      ffn_hidden_units:
        - 64
      token_norm: false
      ffn_expansion: 3.0
      num_wukong_layers: 3
      fmb_features: 40
      lcb_features: 40
      fmb_rank: 8
      fmb_hidden_units:
        - 512
        - 256
      cin_hidden_units:
        - 16
        - 16
      linear_type: felv
      field_interaction_type: matrixed
    training:
      batch_size: 4096
      epochs: 100
      progressive: false
      optimizer: adam
      embedding_update: dense
      precision: float32
      learning_rate: 0.001
      embedding_regularizer: 0.0
      net_regularizer: 0.0
      regularizers:
        singular_value_variance: 0.0
        decorrelation: 0.0
        space_similarity: 0.0
        block_orthogonality: 0.0
        norm_alignment: 0.0
      max_gradient_norm: 10.0
      shuffle: true
      shuffle_rows: 262144
      seed: 2021
      eval_steps: null
      checkpoint_minutes: 10.0
      keep: best
      keep_last: true
      group: null
      monitor:
        AUC: 1.0
        GAUC: 0.0
        logloss: 0.0
      early_stop_patience: 2
      reduce_lr_on_plateau: true
      tensorboard: false

    """

  @Test func aWrittenMonitorListsEveryMetricThatCounts() throws {
    let data = ConfigurationFixture.data
    let monitor = try ConfigurationFixture.read(data, set: ["training.monitor={logloss: -1}"])
      .training.monitor
    #expect(monitor.auc == 0)
    #expect(monitor.logloss == -1)
    #expect(try ConfigurationFixture.read(data).training.monitor.auc == 1)
  }

  @Test func anyTextSurvivesBeingWrittenAndRead() throws {
    var configuration = try ConfigurationFixture.read(ConfigurationFixture.data)
    configuration.dataset.train = [
      "-", "null", "~", "true", "off", "1e5", "0", "a: b", "a #b", "#", "'", "\"", "\\", "a\\nb",
      "*x",
      "&x", "!x", "%x", "@x", "`x`", "[a]", "{a}", "a,b", " a ", "tab\there", "line\nbreak",
      "Ünïcode 🙂",
      "\u{1}\u{7F}\u{85}\u{2028}\u{FEFF}", "data/train-*.tsv.gz", "/abs/a.gz", "./a", "<<", "?",
      "=",
    ]
    #expect(try ConfigurationFixture.read(configuration.yaml) == configuration)
  }

  @Test func numbersReadBackWithTheSameBits() throws {
    var configuration = try ConfigurationFixture.read(ConfigurationFixture.data)
    for value in [
      1e-7, 0.1 + 0.2, 1e22, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 3, 1 / 3.0,
    ] {
      configuration.training.learningRate = value
      #expect(try ConfigurationFixture.read(configuration.yaml) == configuration)
    }
  }
}
