import ClickData
import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Serving

/// Exported models compared with the models themselves, by another program.
@Suite(.enabled(if: ONNXRuntime.isThere, ONNXRuntime.absence)) struct ONNXGoldenTests {
  /// `onnx.checker` passes each, too.
  @Test func everyGoldenCaseHasTheSameLogitsInONNXRuntime() throws {
    let folder = try TemporaryFolder()
    var expected: [String: [Double]] = [:]
    for name in GoldenCase.names {
      guard let golden = try GoldenCase(name) else { continue }
      let model = try golden.model().withRandomStatistics()
      expected[name] = try ONNXCase(model, try golden.batch(0)).write(name, to: folder)
    }
    try expect(expected, in: folder)
  }

  @Test(arguments: [WeightPlacement.automatic, .inside(limit: 1000), .beside])
  func weightsBesideTheFileAreTheSame(placement: WeightPlacement) throws {
    let folder = try TemporaryFolder()
    let schema = [FieldSchema(name: "big", kind: .category, rows: 2000)] + FieldSchema.sequences
    var expected: [String: [Double]] = [:]
    for (kind, paradigm) in ModelSettings.variants {
      let model = CTRModel.tiny(kind, paradigm, schema: schema).randomized()
      let name = "\(kind)-\(paradigm)"
      expected[name] = try ONNXCase(model, .random(rows: 9, schema: schema, seed: 4))
        .write(name, to: folder, weights: placement)
      let weights = "\(folder.path)/\(name).onnx.data"
      #expect(FileManager.default.fileExists(atPath: weights) == (placement != .automatic))
    }
    try expect(expected, in: folder)
  }

  @Test func theBatchMayHaveAnySize() throws {
    let folder = try TemporaryFolder()
    var expected: [String: [Double]] = [:]
    for rows in [1, 2, 16] {
      let model = CTRModel.tiny(.xdeepfm, .generative).randomized()
      let batch = EncodedBatch.random(rows: rows, schema: model.schema, seed: 9)
      expected["rows\(rows)"] = try ONNXCase(model, batch).write("rows\(rows)", to: folder)
    }
    try expect(expected, in: folder)
  }

  @Test func fieldsMayHaveTheNamesOfWeightsAndOperations() throws {
    let folder = try TemporaryFolder()
    let names = ["embedding.Gemm_1.weight", "Gemm_1", "constant_1", "two words", "Ünï"]
    let schema = names.map { FieldSchema(name: $0, kind: .category, rows: 4) }
    let model = CTRModel.tiny(.deepfm, schema: schema).randomized()
    let batch = EncodedBatch.random(rows: 5, schema: schema, seed: 2)
    try expect(["names": try ONNXCase(model, batch).write("names", to: folder)], in: folder)
  }

  private func expect(_ expected: [String: [Double]], in folder: TemporaryFolder) throws {
    let found = try ONNXRuntime.evaluate(folder.path)
    #expect(Set(found.keys) == Set(expected.keys))
    for (name, logits) in expected {
      let result = try #require(found[name])
      expectClose(result.logit, logits, Tolerance(absolute: 1e-5, relative: 1e-5), name)
      expectClose(
        result.probability, logits.map { 1 / (1 + exp(-$0)) },
        Tolerance(absolute: 1e-6, relative: 0), "\(name): probability")
    }
  }
}

/// A model with a batch, which it evaluates and exports.
struct ONNXCase {
  private let model: CTRModel
  private let batch: EncodedBatch

  init(_ model: CTRModel, _ batch: EncodedBatch) {
    self.model = model
    self.batch = batch
  }

  /// Writes the graph and its inputs; returns the logits of an evaluation.
  func write(
    _ name: String, to folder: TemporaryFolder, weights: WeightPlacement = .automatic
  ) throws -> [Double] {
    try ModelExport(model, inputs: .ids).write(to: "\(folder.path)/\(name).onnx", weights: weights)
    let json = try JSONSerialization.data(withJSONObject: inputs.mapValues(\.json))
    try json.write(to: URL(fileURLWithPath: "\(folder.path)/\(name).json"))
    return withExtendedLifetime(model) { model.forward(batch).doubles }
  }

  private var inputs: [String: ONNXRuntime.Input] {
    var inputs: [String: ONNXRuntime.Input] = [:]
    for (field, schema) in model.schema.enumerated() {
      let rows = (0..<batch.rows).map { batch.lookups(field: field, row: $0) }
      switch schema.kind {
      case .category: inputs[schema.name] = .integers(rows.map { $0[0].id }, [batch.rows])
      case .value:
        inputs[schema.name] = .integers(rows.map { $0[0].id }, [batch.rows])
        inputs["\(schema.name).value"] = .numbers(rows.map { $0[0].weight }, [batch.rows])
      case .sequence:
        let length = rows.map(\.count).max() ?? 0
        let padded = rows.map {
          $0 + Array(repeating: (id: 0, weight: 0), count: length - $0.count)
        }
        let shape = [batch.rows, length]
        inputs[schema.name] = .integers(padded.flatMap { $0.map(\.id) }, shape)
        inputs["\(schema.name).weight"] = .numbers(padded.flatMap { $0.map(\.weight) }, shape)
      }
    }
    return inputs
  }
}

extension CTRModel {
  /// This model with running statistics as if it had been trained.
  fileprivate func withRandomStatistics() -> CTRModel {
    let random = CounterRandom(seed: 5, stream: 2)
    for (index, statistic) in statistics.enumerated() {
      let isVariance = statistic.name.hasSuffix("running_var")
      for column in 0..<statistic.value.columns {
        let draw = random.normal(UInt64(1000 * index + column))
        statistic.value[0, column] = Scalar(isVariance ? 0.5 + draw * draw : draw)
      }
    }
    return self
  }
}
