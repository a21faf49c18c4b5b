import Foundation
import TestSupport
import Testing

@testable import Configuration

/// Experiments written in FuxiCTR's format, against our own configurations of the same models.
@Suite struct FuxiCTRImportTests {
  private let fixture: FuxiCTRFixture

  init() throws { fixture = try FuxiCTRFixture() }

  private func imported(_ experiment: String, id: String = "X", data: String = FuxiCTRFixture.data)
    throws -> FuxiCTRImport
  {
    try fixture.imported(experiment, id: id, data: data)
  }

  private func configuration(_ found: FuxiCTRImport) throws -> RunConfiguration {
    try RunConfiguration(yaml: found.yaml, name: "imported")
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
      "xdeepfm_gen",
      """
      model: xDeepFM
      dnn_hidden_units: [400, 400, 400]
      cin_hidden_units: [16, 16]
      batch_norm: False
      net_dropout: 0.2
      embedding_regularizer: 1.e-5
      net_regularizer: 0
      concat_emb: true
      emb_activation: relu
      gamma: 0.01
      """
    ),
    (
      "fmfm_gen",
      """
      model: FmFM
      field_interaction_type: matrixed
      regularizer: 1.e-6
      concat_emb: true
      emb_activation: relu
      gamma: 6
      """
    ),
    (
      "crossnet_gen",
      """
      model: DCNv2
      model_structure: crossnet_only
      num_cross_layers: 3
      embedding_regularizer: 1.e-5
      net_regularizer: 0
      concat_emb: true
      emb_activation: relu
      gamma: 0.01
      gen_residual: true
      use_gen_rst: true
      cross_drop: 0.1
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

  /// Where FuxiCTR's constructors have other defaults than our settings.
  @Test func whatIsNotWrittenIsFuxiCTRsDefault() throws {
    #expect(try configuration(imported("model: FwFM")).model.fwfmLinear == .filv)
    let deep = try configuration(imported("model: xDeepFM")).model
    #expect(deep.cinHiddenUnits == [16, 16, 16] && deep.deep.hiddenUnits == [64, 64, 64])
  }

  /// Base has an `early_stop_patience` of 2; `patience` is its earlier name.
  @Test func theAuthorsCodeIgnoresPatience() throws {
    let found = try imported("model: PNN\nconcat_emb: true\nearly_stop_patience: null\npatience: 3")
    #expect(try configuration(found).training.earlyStopPatience == 2)
    #expect(
      found.remarks.contains {
        $0.hasSuffix("X.patience: the authors' code ignores it; early_stop_patience decides")
      },
      "\(found.remarks)")
    let plain = try imported("model: PNN\nearly_stop_patience: null\npatience: 3")
    #expect(try configuration(plain).training.earlyStopPatience == 3)
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
    let remarks = found.remarks.map {
      $0.replacingOccurrences(of: fixture.folder.path + "/", with: "")
    }
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
    let remarks = found.remarks.map {
      $0.replacingOccurrences(of: fixture.folder.path + "/", with: "")
    }
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
    let found = fixture.refusal(experiment)
    #expect(found?.contains(sentence) == true, "\(found ?? "nothing")")
  }

  @Test func aMisspeltExperimentIsNamedWithTheNearest() throws {
    _ = try imported("model: FM", id: "DeepFM_test")
    do {
      _ = try FuxiCTRImport(experiment: "DeepFM_tset", in: fixture.folder.path)
      Issue.record("no refusal")
    } catch {
      #expect("\(error)".hasSuffix("found DeepFM_test; did you mean DeepFM_test?"), "\(error)")
    }
  }

  /// Folders of files instead of single ones.
  @Test func foldersOfFilesAreReadTogether() throws {
    for name in ["model_config", "dataset_config"] {
      try FileManager.default.createDirectory(
        atPath: "\(fixture.folder.path)/\(name)", withIntermediateDirectories: true)
    }
    _ = try fixture.folder.write("model_config/a.yaml", FuxiCTRFixture.base)
    _ = try fixture.folder.write("model_config/b.yaml", "X: {model: LR}\n")
    _ = try fixture.folder.write("dataset_config/tiny.yaml", FuxiCTRFixture.data)
    let found = try configuration(FuxiCTRImport(experiment: "X", in: fixture.folder.path))
    #expect(found.model.backbone == .lr)
    #expect(found.training.batchSize == 4096)
  }
}
