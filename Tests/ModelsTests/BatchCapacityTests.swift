import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// A batch may have any number of rows up to a model's capacity, as the last one of an epoch does.
@Suite struct BatchCapacityTests {
  /// Tables too large for a batch to repeat their rows: memory reserved for such rows would hide the fault.
  private static let schema = ["a", "b", "c"].map {
    FieldSchema(name: $0, kind: .category, rows: RepeatedEmbeddings.maxRows + 1)
  }

  /// Sums over 1100 rows are taken in two k-blocks of 550 terms, over 1000 in one.
  @Test(arguments: BackboneKind.allCases, [Paradigm.discriminative, .generative])
  func aStepOfEveryShorterBatchFindsRoom(backbone: BackboneKind, paradigm: Paradigm) {
    guard paradigm == .discriminative || backbone.hasSource else { return }
    var settings = ModelSettings()
    settings.backbone = backbone
    settings.paradigm = paradigm
    settings.embeddingDimension = 10
    settings.deep.hiddenUnits = [40, 40]
    settings.cinHiddenUnits = [4, 3]
    let model = CTRModel(
      schema: Self.schema, settings: settings, batchCapacity: 1100, seed: 3,
      pool: WorkerPool(threads: 2))
    for rows in [1000, 1100, 1024, 1] {
      let batch = EncodedBatch.random(rows: rows, schema: Self.schema, seed: 5)
      let gradient = Matrix(rows: rows, columns: 1)
      withExtendedLifetime((batch, gradient)) {
        let logits = model.forward(batch, .training(step: 1))
        #expect(logits.rows == rows && logits.elements.allSatisfy(\.isFinite))
        _ = BinaryCrossEntropy.forward(
          logits: logits, labels: batch.labels, gradient: gradient.view)
        model.backward(gradient.view)
        model.zeroGradients()
      }
    }
  }
}
