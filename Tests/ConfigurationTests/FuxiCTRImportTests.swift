import Foundation
import TestSupport
import Testing

@testable import Configuration

/// Experiments written in FuxiCTR's format, against our own configurations of the same models.
@Suite struct FuxiCTRImportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let base = """
    Base:
      model_root: ./checkpoints/
      num_workers: 3
      verbose: 1
      early_stop_patience: 2
      save_best_only: True
      eval_steps: null
      debug_mode: False
      task: binary_classification
      loss: binary_crossentropy
      metrics: [AUC, logloss]
      optimizer: adam
      learning_rate: 1.e-3
      batch_size: 4096
      embedding_dim: 10
      epochs: 100
      shuffle: True
      seed: 2021
      monitor: AUC
      monitor_mode: max
      dataset_id: tiny

    """

  private static let data = """
    tiny:
      data_root: ./data/
      data_format: csv
      train_data: data/train.csv
      valid_data: data/valid.csv
      test_data: data/test.csv
      min_categr_count: 1
      feature_cols:
        - {name: [I1, I2], active: True, dtype: float, type: numeric}
        - {name: [C1, C2], active: True, dtype: str, type: categorical}
      label_col: {name: label, dtype: float}
    """

  private func imported(
    _ experiment: String, id: String = "X", data: String = FuxiCTRImportTests.data
  ) throws -> FuxiCTRImport {
    let text =
      Self.base + "\(id):\n" + experiment.split(separator: "\n").map { "  \($0)\n" }.joined()
    _ = try folder.write("model_config.yaml", text)
    _ = try folder.write("dataset_config.yaml", data)
    return try FuxiCTRImport(experiment: id, in: folder.path)
  }

  private func configuration(_ found: FuxiCTRImport) throws -> RunConfiguration {
    try RunConfiguration(yaml: found.yaml, name: "imported")
  }

  private func refusal(_ experiment: String, data: String = FuxiCTRImportTests.data) -> String? {
    do {
      _ = try imported(experiment, data: data)
      return nil
    } catch {
      return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
    }
  }

  /// The authors' hyper-parameters for Criteo_x1 give the models of `configs/criteo_x1`.
  @Test(arguments: [
    ("fm_dis", "model: FM\nregularizer: 5.e-6\nconcat_emb: false\ngamma: 1"),
    (
      "fm_gen",
      "model: FM\nregularizer: 5.e-6\nconcat_emb: true\ngamma: 0.1\nemb_activation: relu"
    ),
    ("fwfm_dis", "model: FwFM\nregularizer: 5.e-6\nlinear_type: FeLV"),
    (
      "deepfm_dis",
      """
      model: DeepFM
      hidden_units: [400, 400, 400]
      hidden_activations: ReLU
      batch_norm: True
      net_dropout: 0.1
      embedding_regularizer: 1.e-5
      net_regularizer: 0
      """
    ),
    (
      "ipnn_dis",
      """
      model: PNN
      product_type: inner
      hidden_units: [400, 400, 400]
      batch_norm: True
      net_dropout: 0.1
      embedding_regularizer: l2(1.e-5)
      net_regularizer: 0
      """
    ),
    (
      "dcnv2_gen",
      """
      model: DCNv2
      model_structure: parallel
      use_low_rank_mixture: False
      low_rank: 32
      num_experts: 4
      num_cross_layers: 3
      parallel_dnn_hidden_units: [500, 500, 500]
      stacked_dnn_hidden_units: [500, 500, 500]
      dnn_activations: relu
      batch_norm: False
      net_dropout: 0.1
      embedding_regularizer: 1.e-5
      net_regularizer: 0
      concat_emb: true
      small_transformation: false
      emb_activation: relu
      gamma: 0.01
      gen_residual: true
      use_gen_rst: true
      cross_drop: 0.1
      """
    ),
  ]) func theAuthorsExperimentsGiveOurModels(name: String, experiment: String) throws {
    let ours = try RunConfiguration(
      file: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../configs/criteo_x1/\(name).yaml").standardized.path)
    let found = try imported(experiment)
    let theirs = try configuration(found)
    #expect(theirs.model == ours.model)
    #expect(theirs.training == ours.training)
    #expect(found.remarks.count == 2, "\(found.remarks)")
    #expect(
      found.remarks.contains {
        $0
          == "not needed here: model_root, num_workers, verbose, save_best_only, debug_mode, metrics"
      }, "\(found.remarks)")
  }

  @Test func crossLayersOfFuxiCTRHaveABiasAndALinearHead() throws {
    let found = try configuration(
      imported(
        "model: DCNv2\nmodel_structure: stacked\nnum_cross_layers: 2\nstacked_dnn_hidden_units: [8]"
      ))
    #expect(found.model.backbone == .dcnv2Stacked)
    #expect(found.model.head == .linear && found.model.crossBias)
    #expect(found.model.deep.hiddenUnits == [8])
  }

  @Test func columnsBecomeFieldsWithTheirEncodings() throws {
    let data = """
      tiny:
        train_data: a.csv
        min_categr_count: 2
        group_id: user
        feature_cols:
          - {name: user, active: True, type: meta, dtype: str}
          - {name: off, active: False, type: categorical, dtype: str}
          - {name: age, active: True, type: numeric, normalizer: StandardScaler}
          - {name: price, active: True, type: categorical, preprocess: convert_to_bucket}
          - {name: item, active: True, type: categorical, min_categr_count: 5, source: item}
          - {name: clicked, active: True, type: sequence, splitter: ^, max_len: 7, share_embedding: item,
             padding: pre, feature_encoder: layers.MaskedSumPooling()}
          - {name: rank, active: True, type: categorical, category_processor: quantile_bucket, num_buckets: 20}
          - {name: url, active: True, type: categorical, category_processor: hash_bucket, num_buckets: 1000,
             embedding_dim: 4}
        label_col: {name: y, dtype: float}
      """
    let found = try imported("model: FM\nmonitor: {'AUC': 1, 'logloss': -1}", data: data)
    let configuration = try configuration(found)
    #expect(configuration.dataset.label == "y")
    #expect(configuration.training.group == "user")
    #expect(
      configuration.dataset.fields.map(\.name) == [
        "age", "price", "item", "clicked", "rank", "url",
      ])
    let lines = found.yaml.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    for line in [
      "- age: numeric", "age: {encoding: value, scale: standard}", "- price: numeric",
      "price: {encoding: log_bucket}", "item: {encoding: vocabulary, min_count: 5}",
      "- {name: clicked, type: sequence, splitter: \"^\", max_len: 7, pooling: sum, embedding_of: item}",
      "rank: {encoding: quantile, quantiles: 20}", "url: {encoding: hash, buckets: 1000}",
      "categorical: {encoding: vocabulary, min_count: 2}", "monitor: {AUC: 1, logloss: -1}",
    ] {
      #expect(lines.contains(line), "\(line) in\n\(found.yaml)")
    }
    let remarks = found.remarks.map { $0.replacingOccurrences(of: folder.path + "/", with: "") }
    #expect(
      remarks.contains(
        "dataset_config.yaml:10: tiny.feature_cols[4].source: no equivalent; left out"),
      "\(remarks)")
    #expect(
      remarks.contains { $0.hasSuffix("feature_cols[7].embedding_dim: no equivalent; left out") },
      "\(remarks)")
  }

  @Test func columnsDerivedFromAvazusHourAreThoseOfItsFormat() throws {
    let data = """
      tiny:
        train_data: a.csv
        feature_cols:
          - {active: true, dtype: str, name: hour, preprocess: convert_hour, type: categorical}
          - {active: true, dtype: str, name: [C1, site_id], type: categorical}
          - {active: true, dtype: str, name: weekday, preprocess: convert_weekday, type: categorical}
        label_col: {dtype: float, name: click}
      """
    let found = try imported("model: FM", data: data)
    let configuration = try configuration(found)
    #expect(configuration.dataset.format == .avazu)
    #expect(configuration.dataset.train == ["a.csv"])
    #expect(found.remarks.contains { $0.contains("read by format: avazu") })
  }

  @Test func everyKeyWithoutAnEquivalentIsNamed() throws {
    let found = try imported(
      "model: NFM\nhidden_units: [4]\nembedding_dropout: 0.2\nunknown_key: 3")
    let remarks = found.remarks.map { $0.replacingOccurrences(of: folder.path + "/", with: "") }
    #expect(
      remarks.contains("model_config.yaml:26: X.unknown_key: no equivalent; left out"), "\(remarks)"
    )
    #expect(
      remarks.contains(
        "model_config.yaml:25: X.embedding_dropout: no equivalent; embeddings are not dropped"),
      "\(remarks)")
  }

  @Test(arguments: [
    ("model: DIN", "model_config.yaml:23: X.model: found \"DIN\", expected model: LR, FM, FwFM, "),
    ("model: FM\nloss: softmax", "X.loss: found \"softmax\", expected binary_crossentropy"),
    ("model: FM\nregularizer: l1(0.1)", "expected a number or l2(number)"),
    ("model: DCNv2\nuse_low_rank_mixture: True", "expected false; others have no equivalent"),
    ("model: PNN\nproduct_type: outer", "expected inner; others have no equivalent"),
    ("model: FM\nmonitor: MRR", "expected AUC, gAUC or logloss"),
    ("model: FM\ndataset_id: other", "dataset_config: no data set \"other\", found tiny"),
    ("model: FM\nsymmetric: true", "expected false; generating both sides has no equivalent"),
    ("model: DNN\nhidden_units: [4, 4]\ndnn_activations: [relu, tanh]", "one activation"),
  ]) func whatCannotBeRepresentedIsRefused(experiment: String, sentence: String) {
    let found = refusal(experiment)
    #expect(found?.contains(sentence) == true, "\(found ?? "nothing")")
  }

  @Test func aMisspeltExperimentIsNamedWithTheNearest() throws {
    _ = try imported("model: FM", id: "DeepFM_test")
    do {
      _ = try FuxiCTRImport(experiment: "DeepFM_tset", in: folder.path)
      Issue.record("no refusal")
    } catch {
      #expect("\(error)".hasSuffix("found DeepFM_test; did you mean DeepFM_test?"), "\(error)")
    }
  }

  /// Folders of files instead of single ones.
  @Test func foldersOfFilesAreReadTogether() throws {
    for name in ["model_config", "dataset_config"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
    }
    _ = try folder.write("model_config/a.yaml", Self.base)
    _ = try folder.write("model_config/b.yaml", "X: {model: LR}\n")
    _ = try folder.write("dataset_config/tiny.yaml", Self.data)
    let found = try configuration(FuxiCTRImport(experiment: "X", in: folder.path))
    #expect(found.model.backbone == .lr)
    #expect(found.training.batchSize == 4096)
  }
}
