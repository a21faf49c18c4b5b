import ClickData
import LinearAlgebra
import Models
import Platform
import Training

/// One epoch of steps, as the trainer takes them, without evaluation or files.
struct TrainingPass {
  private let model: CTRModel
  private let optimizer: any Optimizer
  private let gradient: Matrix

  init(
    _ backbone: BackboneKind, _ paradigm: Paradigm, _ schema: [FieldSchema], _ pool: WorkerPool
  ) {
    var settings = ModelSettings()
    settings.backbone = backbone
    settings.paradigm = paradigm
    var training = TrainingSettings()
    training.embeddingUpdate = .lazy
    model = CTRModel(
      schema: schema, settings: settings, batchCapacity: training.batchSize, seed: 1, pool: pool)
    optimizer = training.makeOptimizer(for: model.parameters, pool: pool)
    gradient = Matrix(rows: training.batchSize, columns: 1)
  }

  func run(_ open: () throws -> BatchStream) throws {
    let stream = try open()
    while let batch = try stream.next() {
      let gradient = gradient.view.rows(0..<batch.rows)
      _ = BinaryCrossEntropy.forward(
        logits: model.forward(batch), labels: batch.labels, gradient: gradient)
      model.backward(gradient)
      try optimizer.step(learningRate: 1e-3)
      model.zeroGradients()
    }
  }
}
