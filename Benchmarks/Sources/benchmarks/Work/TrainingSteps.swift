import ClickData
import Configuration
import LinearAlgebra
import Models
import Platform
import Training

/// A model and its optimizer, trained step by step as in the trainer, without files.
final class TrainingSteps {
  let model: CTRModel
  private let optimizer: any Optimizer
  private let gradient: Matrix

  init(_ configuration: RunConfiguration, _ schema: [FieldSchema], _ pool: WorkerPool) {
    let batch = configuration.training.batchSize
    model = CTRModel(
      schema: schema, settings: configuration.model, batchCapacity: batch, seed: 1,
      rowHistory: configuration.training.rowHistory, precision: configuration.training.precision,
      pool: pool)
    optimizer = configuration.training.makeOptimizer(for: model.parameters, pool: pool)
    gradient = Matrix(rows: batch, columns: 1)
  }

  /// Forward, loss, backward and update.
  func train(_ batch: EncodedBatch) throws {
    let gradient = gradient.view.rows(0..<batch.rows)
    _ = BinaryCrossEntropy.forward(
      logits: model.forward(batch, .training(step: optimizer.steps + 1)), labels: batch.labels,
      gradient: gradient, pool: model.pool)
    model.backward(gradient)
    try optimizer.step(learningRate: 1e-3)
    model.zeroGradients()
  }

  /// Complete steps, including all deferred updates.
  func train(_ batches: [EncodedBatch]) throws {
    for batch in batches { try train(batch) }
    optimizer.flush()
  }

  /// Forward and metrics, as in an evaluation.
  func evaluate(_ batches: [EncodedBatch]) throws {
    var metrics = MetricsAccumulator(pool: model.pool)
    for batch in batches { try metrics.add(logits: model.forward(batch), labels: batch.labels) }
    _ = metrics.metrics()
  }

  /// Floating-point operations in matrix products per trained row.
  var productOperations: Double { 3 * Double(model.productOperations) }
}

extension Sequence<EncodedBatch> {
  /// The number of rows.
  var rows: Double { Double(reduce(0) { $0 + $1.rows }) }
}
