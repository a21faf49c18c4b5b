import ClickData
import Foundation
import Testing

@testable import Configuration

/// Properties of every key.
@Suite struct ConfigurationKeyTests {
  /// For each key, a value other than its default, and the overrides under which it has a meaning.
  private static let samples: KeyValuePairs<String, (value: String, beside: [String])> = [
    "run": ("other", []),
    "dataset.format": ("avazu", []),
    "dataset.train": ("[c, \"-\", '1']", []),
    "dataset.valid": ("data/v-*.gz", []),
    "dataset.test": ("t", []),
    "dataset.source": ("s", ["dataset.train=null", "dataset.source=r"]),
    // A single share can change only within the tolerance of the sum.
    "dataset.split.by": ("ts", ["dataset.train=~", "dataset.source=s"]),
    "dataset.split.train": ("0.8000000001", ["dataset.train=~", "dataset.source=s"]),
    "dataset.split.valid": ("0.1000000001", ["dataset.train=~", "dataset.source=s"]),
    "dataset.split.test": ("0.0999999999", ["dataset.train=~", "dataset.source=s"]),
    "dataset.split.seed": ("7", ["dataset.train=~", "dataset.source=s"]),
    "dataset.label": ("click", ["dataset.format=delimited"]),
    "dataset.weight": ("w", ["dataset.format=delimited"]),
    "dataset.negative_rate": ("0.1", []),
    "dataset.sampled_splits": ("[train, valid]", ["dataset.negative_rate=0.5"]),
    "dataset.delimiter": ("\"\\t\"", ["dataset.format=delimited"]),
    "dataset.quote": ("none", ["dataset.format=delimited"]),
    "dataset.positive": ("yes", []),
    "dataset.missing": ("[NULL, '\\N', nan]", []),
    "dataset.fields": (
      "[a, {name: b, type: numeric}, c: numeric, t: timestamp, {name: d, type: sequence, splitter: ' ', truncate: first, embedding_of: a}, 'null', 1]",
      ["dataset.format=delimited"]
    ),
    "dataset.on_bad_row": ("skip", []),
    "dataset.max_bad_rows": ("0", []),
    "dataset.cache": ("scratch/rows", []),
    "features.categorical.encoding": ("vocabulary", []),
    "features.categorical.max_vocabulary": ("500", []),
    "features.categorical.buckets": ("1_000", ["features.categorical.encoding=hash"]),
    "features.categorical.max_buckets": ("1e3", []),
    "features.categorical.min_count": ("10", []),
    "features.numeric.encoding": ("value", []),
    "features.numeric.quantiles": ("4", ["features.numeric.encoding=quantile"]),
    "features.numeric.scale": ("standard", ["features.numeric.encoding=value"]),
    "features.overrides.FIELD.encoding": ("value", []),
    "features.overrides.FIELD.max_vocabulary": ("501", []),
    "features.overrides.FIELD.buckets": ("5", ["features.overrides.FIELD.encoding=hash"]),
    "features.overrides.FIELD.max_buckets": ("6", []),
    "features.overrides.FIELD.min_count": (
      "7", ["features.overrides.FIELD.encoding=vocabulary"]
    ),
    "features.overrides.FIELD.quantiles": ("8", ["features.overrides.FIELD.encoding=quantile"]),
    "features.overrides.FIELD.scale": ("standard", ["features.overrides.FIELD.encoding=value"]),
    "model.backbone": ("lr", []),
    "model.paradigm": ("generative", []),
    "model.embedding_dim": ("16", []),
    "model.embedding_sets": ("2", []),
    "model.encoder.kind": ("stacked", []),
    "model.encoder.activation": ("sigmoid", []),
    "model.encoder.gamma": ("1e-7", []),
    "model.encoder.source": ("own", []),
    "model.encoder.num_source": ("3", []),
    "model.encoder.rank": ("8", []),
    "model.encoder.inner_activation": ("tanh", []),
    "model.encoder.attention_dropout": ("0.5", []),
    "model.encoder.residual": ("yes", []),
    "model.encoder.input": ("embedding", []),
    "model.target": ("random", ["model.backbone=dcnv2"]),
    "model.num_target": ("3", []),
    "model.hidden_units": ("[400, 2_00, 1]", []),
    "model.hidden_activation": ("tanh", []),
    "model.net_dropout": ("0.999", []),
    "model.batch_norm": ("true", []),
    "model.head": ("linear", []),
    "model.num_cross_layers": ("5", []),
    "model.cross_dropout": ("0.1", []),
    "model.cross_bias": ("on", []),
    "model.tokenizer": ("shared", []),
    "model.num_tokens": ("15", []),
    "model.token_dim": ("26", []),
    "model.tokenizer_hidden_units": ("[500]", []),
    "model.tokenizer_dropout": ("0.1", []),
    "model.num_blocks": ("4", []),
    "model.ffn_hidden_units": ("[200, 200]", []),
    "model.token_norm": ("true", []),
    "model.ffn_expansion": ("1.5", []),
    "model.num_wukong_layers": ("2", []),
    "model.fmb_features": ("20", []),
    "model.lcb_features": ("24", []),
    "model.fmb_rank": ("4", []),
    "model.fmb_hidden_units": ("[256]", []),
    "model.cin_hidden_units": ("[276]", []),
    "model.linear_type": ("FiLV", []),
    "model.field_interaction_type": ("Vectorized", []),
    "training.batch_size": ("10_000", []),
    "training.epochs": ("3", []),
    "training.progressive": ("true", ["training.epochs=1"]),
    "training.optimizer": ("rowwise_adagrad", []),
    "training.embedding_update": ("lazy", []),
    "training.precision": ("bfloat16", []),
    "training.learning_rate": ("1.0e-2", []),
    "training.embedding_regularizer": ("1e-5", []),
    "training.net_regularizer": (".5", []),
    "training.regularizers.singular_value_variance": ("1e-4", []),
    "training.regularizers.decorrelation": ("1e-3", []),
    "training.regularizers.space_similarity": ("1e-3", ["model.embedding_sets=2"]),
    "training.regularizers.block_orthogonality": ("1e-4", ["model.backbone=dcnv2"]),
    "training.regularizers.norm_alignment": (
      "1", ["model.backbone=dcnv2", "model.embedding_sets=2"]
    ),
    "training.max_gradient_norm": ("0", []),
    "training.shuffle": ("off", []),
    "training.shuffle_rows": ("1", []),
    "training.seed": ("0", []),
    "training.eval_steps": ("100", []),
    "training.checkpoint_minutes": ("null", []),
    "training.keep": ("all", []),
    "training.keep_last": ("false", []),
    "training.group": ("user_id", []),
    "training.monitor.AUC": ("2", []),
    "training.monitor.GAUC": ("0.5", ["training.group=user_id"]),
    "training.monitor.logloss": ("-1", []),
    "training.early_stop_patience": ("1", []),
    "training.reduce_lr_on_plateau": ("false", []),
    "training.tensorboard": ("true", []),
  ]

  @Test func everyKeyHasASample() {
    #expect(Self.samples.map(\.key) == RunConfiguration.keys)
  }

  @Test func everyKeyCanBeSetAndSurvivesBeingWrittenAndRead() throws {
    for (key, sample) in Self.samples {
      let beside = try ConfigurationFixture.read(ConfigurationFixture.data, set: sample.beside)
      let set = try ConfigurationFixture.read(
        ConfigurationFixture.data, set: sample.beside + ["\(key)=\(sample.value)"])
      #expect(set != beside, "\(key)")
      #expect(try ConfigurationFixture.read(set.yaml) == set, "\(key): \(set.yaml)")
      #expect(try ConfigurationFixture.read(set.yaml).yaml == set.yaml, "\(key)")
    }
  }

  @Test func everyKeyMisspeltIsRefusedWithItsRightName() throws {
    for key in RunConfiguration.keys {
      let name = try #require(key.split(separator: ".").last)
      for wrong in ["\(name)x", String(name.dropFirst()), "x\(name)"] where !wrong.isEmpty {
        let misspelt = String(key.dropLast(name.count) + wrong)
        // GAUC without its first letter is another metric.
        guard !RunConfiguration.keys.contains(misspelt) else { continue }
        let origin = "--set \(misspelt)=1"
        #expect(
          ConfigurationFixture.refusal(of: ConfigurationFixture.data, set: ["\(misspelt)=1"])
            == "\(origin): \(misspelt): unknown key; did you mean \(name)?")
      }
    }
  }

  @Test func noKeyTakesAValueOfAnotherKind() {
    for (key, sample) in Self.samples {
      let refusal = ConfigurationFixture.refusal(
        of: ConfigurationFixture.data,
        set: ["dataset.format=delimited"] + sample.beside + ["\(key)={no: [1]}"])
      #expect(
        refusal?.hasPrefix("--set \(key)={no: [1]}: \(key): found a mapping, expected") == true)
    }
  }
}
