import Foundation
import TestSupport
import Testing

/// `sfg import`: from the folder of another tool to a trained model.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct ImportCommandTests {
  @Test func anImportedExperimentTrains() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(
      "model_config.yaml",
      """
      Base: {verbose: 1, epochs: 1, batch_size: 100, seed: 1, learning_rate: 1.e-2}
      DeepFM_tiny: {model: DeepFM, dataset_id: tiny, embedding_dim: 4, hidden_units: [8], attention: 2}
      """)
    _ = try folder.write(
      "dataset_config.yaml",
      """
      tiny:
        train_data: train.csv
        valid_data: valid.csv
        feature_cols: [{name: [user, item], active: True, dtype: str, type: categorical}]
        label_col: {name: click, dtype: float}
      """)
    for (name, rows) in [("train", 400), ("valid", 100)] {
      let lines = (0..<rows).map { "\($0 * 7 % 3 == 0 ? 1 : 0),u\($0 % 13),i\($0 % 7)" }
      _ = try folder.write("\(name).csv", (["click,user,item"] + lines).joined(separator: "\n"))
    }
    let imported = try SFGBinary.run(
      ["import", "fuxictr", "--config", ".", "--expid", "DeepFM_tiny", "--output", "m.yaml"],
      in: folder.path)
    #expect(imported.status == 0, "\(imported.errors)")
    #expect(
      imported.errors.contains(
        "model_config.yaml:2: DeepFM_tiny.attention: no equivalent; left out"), "\(imported.errors)"
    )
    let trained = try SFGBinary.run(["train", "--config", "m.yaml"], in: folder.path)
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(trained.output.contains("run: runs/DeepFM_tiny"), "\(trained.output)")
  }
}
