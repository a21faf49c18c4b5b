import Foundation
import Testing

/// Runs with `training.precision: bfloat16`: what they record, and what evaluations of them do.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct PrecisionCommandTests {
  /// The second layer reads no embeddings, whose repeated rows are multiplied as they are.
  private static let bfloat16 =
    "--config tiny.yaml --set model.backbone=deepfm --set model.hidden_units=[8,8] "
    + "--set training.precision=bfloat16 --quiet --output"

  private func products(_ run: TinyRun, _ folder: String) throws -> [String: String] {
    try #require(run.json("\(folder)/result.json")["products"] as? [String: String])
  }

  @Test func theResultNamesPrecisionAndInstructions() throws {
    let run = try TinyRun()
    #expect(try products(run, "run")["precision"] == "float32")
    #expect(try run.sfg("train \(Self.bfloat16) rounded").status == 0)
    let rounded = try products(run, "rounded")
    #expect(rounded["precision"] == "bfloat16")
    let instructions = try #require(rounded["instructions"])
    #expect(["AVX512-BF16", "emulated"].contains(instructions))
    #expect(try run.text("rounded/config.yaml").contains("precision: bfloat16"))
  }

  /// An evaluation multiplies as the run was trained: its metrics are those of the result.
  @Test func anEvaluationHasTheRunsPrecision() throws {
    let run = try TinyRun(trained: false)
    #expect(try run.sfg("train \(Self.bfloat16) rounded").status == 0)
    let test = try #require(run.json("rounded/result.json")["test"] as? [String: Any])
    func evaluated() throws -> Double? {
      let outcome = try run.sfg("eval --run rounded --split test --json")
      let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
      return try #require(object as? [String: Any])["logloss"] as? Double
    }
    let logloss = try #require(test["logloss"] as? Double)
    #expect(try evaluated() == logloss)
    // The same weights multiplied in single precision give other logits.
    let path = run.path("rounded/config.yaml")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacingOccurrences(of: "precision: bfloat16", with: "precision: float32")
      .write(toFile: path, atomically: true, encoding: .utf8)
    let exact = try #require(try evaluated())
    #expect(exact != logloss && abs(exact - logloss) < 1e-3)
  }

  @Test func anotherPrecisionDoesNotResume() throws {
    let run = try TinyRun(trained: false)
    #expect(try run.sfg("train \(Self.bfloat16) rounded").status == 0)
    let outcome = try run.sfg(
      "train --config tiny.yaml --set model.backbone=deepfm --set model.hidden_units=[8,8] "
        + "--output rounded --resume")
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("precision"), "\(outcome.errors)")
  }
}
