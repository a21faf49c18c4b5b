import Foundation
import TestSupport

@testable import Configuration

/// A folder with one experiment written in FuxiCTR's format, and its base and data set.
struct FuxiCTRFixture {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let base = """
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

  static let data = """
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

  func imported(
    _ experiment: String, id: String = "X", data: String = FuxiCTRFixture.data
  ) throws -> FuxiCTRImport {
    let text =
      Self.base + "\(id):\n" + experiment.split(separator: "\n").map { "  \($0)\n" }.joined()
    _ = try folder.write("model_config.yaml", text)
    _ = try folder.write("dataset_config.yaml", data)
    return try FuxiCTRImport(experiment: id, in: folder.path)
  }

  func refusal(_ experiment: String, data: String = FuxiCTRFixture.data) -> String? {
    do {
      _ = try imported(experiment, data: data)
      return nil
    } catch {
      return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
    }
  }
}
