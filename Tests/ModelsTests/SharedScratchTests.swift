import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

@Suite struct SharedScratchTests {
  @Test func theLargestNeedDecidesAndEveryBorrowerGetsItsShape() {
    let scratch = SharedScratch()
    scratch.reserve(rows: 10, columns: 3)
    scratch.reserve(rows: 4, columns: 9)
    scratch.reserve(rows: 5, columns: 5)
    let (_, bytes) = ZeroedMemory.measure { scratch.allocate() }
    #expect(bytes >= 36 * MemoryLayout<Scalar>.size)
    for (rows, columns) in [(10, 3), (4, 9), (1, 2), (36, 1)] {
      let matrix = scratch.borrow(rows: rows, columns: columns)
      #expect(matrix.rows == rows && matrix.columns == columns && matrix.isContiguous)
      matrix.fill(1)
      scratch.giveBack()
    }
  }

  /// A step takes nothing more than was there when the model was built.
  @Test(arguments: BackboneKind.allCases, Paradigm.allCases)
  func aStepAllocatesNoMatrix(backbone: BackboneKind, paradigm: Paradigm) {
    guard paradigm == .discriminative || backbone.hasSource else { return }
    var settings = ModelSettings()
    settings.backbone = backbone
    settings.paradigm = paradigm
    let model = CTRModel(
      schema: FieldSchema.mixed(fields: 5), settings: settings, batchCapacity: 32, seed: 3,
      pool: WorkerPool(threads: 2))
    let batch = EncodedBatch.random(rows: 32, schema: model.schema, seed: 5)
    let gradient = Matrix.random(32, 1, seed: 6)
    let (_, bytes) = ZeroedMemory.measure {
      _ = model.forward(batch, .training(step: 1))
      model.backward(gradient.view)
      model.zeroGradients()
    }
    #expect(bytes == 0)
    withExtendedLifetime(gradient) {}
  }
}
