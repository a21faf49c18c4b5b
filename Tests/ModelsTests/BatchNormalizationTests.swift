import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

@Suite struct BatchNormalizationTests {
  /// One row has no variance: its own mean would normalise every row to the same output.
  @Test func aBatchOfOneRowUsesTheRunningStatisticsAndLeavesThem() {
    var settings = ModelSettings()
    settings.backbone = .dnn
    settings.deep.hiddenUnits = [6]
    settings.deep.batchNormalization = true
    let schema = [FieldSchema(name: "a", kind: .category, rows: 50)]
    let model = CTRModel(
      schema: schema, settings: settings, batchCapacity: 32, seed: 3, pool: WorkerPool(threads: 2))
    _ = model.forward(.random(rows: 32, schema: schema, seed: 1), .training(step: 1))
    let measured = model.statistics.map(\.value.view.doubles)
    #expect(measured[0] != Array(repeating: 0, count: 6))
    let logits = (0..<8).map { seed in
      let row = EncodedBatch.random(rows: 1, schema: schema, seed: UInt64(seed))
      let trained = model.forward(row, .training(step: 2)).doubles
      #expect(trained == model.forward(row).doubles)
      return trained
    }
    #expect(Set(logits).count > 1)
    #expect(model.statistics.map(\.value.view.doubles) == measured)
  }
}
