import Foundation
import TestSupport
import Testing

/// The program on real data sets, if they are present beside the package.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct RealRowsCommandTests {
  private static let data = SFGBinary.package.deletingLastPathComponent()
    .appending(path: "shared/data").path

  /// A temporary folder in which `data` links to the real data; nil if they are absent.
  private func folder() throws -> TemporaryFolder? {
    guard FileManager.default.fileExists(atPath: Self.data) else {
      print("skipped: no real rows at \(Self.data)")
      return nil
    }
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/data", withDestinationPath: Self.data)
    return folder
  }

  private func test(_ run: String, in folder: TemporaryFolder) throws -> [String: Any] {
    let eval = try SFGBinary.run("eval --run \(run) --json", in: folder.path)
    #expect(eval.status == 0, "\(eval.errors)")
    return try eval.json()
  }

  private func train(_ arguments: [String], in folder: TemporaryFolder) throws {
    let train = try SFGBinary.run(["train", "--quiet"] + arguments, in: folder.path)
    #expect(train.status == 0, "\(train.errors)")
  }

  private func analyse(_ run: String, in folder: TemporaryFolder) throws {
    for analysis in ["collapse", "redundancy"] {
      let outcome = try SFGBinary.run(
        "analyze \(analysis) --run \(run) --split test --rows 5000", in: folder.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }

  private static let adult = SFGBinary.package.appending(path: "configs/adult.yaml").path

  @Test func logisticRegressionReachesTheKnownAUCOnAdult() throws {
    guard let folder = try folder() else { return }
    try train(
      [
        "--config", Self.adult, "--output", "lr", "--set", "model.backbone=lr",
        "--set", "model.paradigm=discriminative", "--set", "training.learning_rate=1e-2",
        "--set", "training.epochs=20",
      ], in: folder)
    let metrics = try test("lr", in: folder)
    #expect(metrics["rows"] as? Int == 16_281)
    #expect(metrics["AUC"] as? Double ?? 0 >= 0.917)
    #expect(metrics["logloss"] as? Double ?? 1 <= 0.295)
  }

  @Test func factorizationMachineReachesTheKnownAUCOnAdult() throws {
    guard let folder = try folder() else { return }
    try train(["--config", Self.adult, "--output", "fm"], in: folder)
    let metrics = try test("fm", in: folder)
    #expect(metrics["AUC"] as? Double ?? 0 >= 0.92)
    #expect(metrics["logloss"] as? Double ?? 1 <= 0.295)
    try analyse("fm", in: folder)
  }

  /// The default finds what each field needs; no encoding that is the same for all fields does.
  @Test func defaultEncodingsReachTheBestHandPickedOnesOnAdult() throws {
    guard let folder = try folder() else { return }
    func area(_ features: String) throws -> Double {
      try train(
        [
          "--config", Self.adult, "--output", "r", "--set", "model.paradigm=discriminative",
          "--set", "training.epochs=10", "--set", "features={\(features)}",
        ], in: folder)
      let area = try test("r", in: folder)["AUC"] as? Double ?? 0
      try FileManager.default.removeItem(atPath: "\(folder.path)/r")
      return area
    }
    let automatic = try area(
      "categorical: {encoding: auto, buckets: null}, numeric: {encoding: auto}")
    let vocabulary = "categorical: {encoding: vocabulary, buckets: null, min_count: 2}"
    for numeric in ["log_bucket", "quantile, quantiles: 50", "value, scale: standard"] {
      #expect(automatic >= (try area("\(vocabulary), numeric: {encoding: \(numeric)}")) - 0.0005)
    }
  }

  @Test(arguments: [("open_bandit_bts", 115), ("open_bandit_random", 92)])
  func openBanditIsReadCompletely(file: String, clicks: Int) throws {
    guard let folder = try folder() else { return }
    _ = try folder.write(
      "bandit.yaml",
      """
      dataset:
        format: delimited
        source: data/\(file).csv.gz
        split: {train: 0.5, valid: 0.25, test: 0.25}
      model: {backbone: fm, paradigm: generative, embedding_dim: 4}
      training: {batch_size: 512, epochs: 2, embedding_update: lazy}
      """)
    try train(["--config", "bandit.yaml", "--output", "run"], in: folder)
    var rows = 0
    var positives = 0
    for split in ["train", "valid", "test"] {
      let eval = try SFGBinary.run("eval --run run --split \(split) --json", in: folder.path)
      #expect(eval.status == 0, "\(eval.errors)")
      let metrics = try eval.json()
      #expect(metrics["AUC"] is Double, "\(split)")
      rows += metrics["rows"] as? Int ?? 0
      positives += metrics["positives"] as? Int ?? 0
    }
    #expect(rows == 20_000)
    #expect(positives == clicks)
    try analyse("run", in: folder)
  }
}
