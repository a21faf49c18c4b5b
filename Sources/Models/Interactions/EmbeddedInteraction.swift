import ClickData
import LinearAlgebra
import Platform

/// A backbone on a batch's embeddings, laid side by side: `[batch, fields, dimension]`.
final class EmbeddedInteraction: Interaction {
  var tables: [Parameter] { layer.parameters + target.parameters }
  var parameters: [Parameter] { backbone.parameters }
  var statistics: [RunningStatistic] { backbone.statistics }
  private let layer: EmbeddingLayer
  /// What everything but a source reads in the place of the embeddings.
  private let target: Source
  private let backbone: Backbone
  private let embeddings: Matrix
  private let gradients: Matrix
  private let fields: Int
  /// What products of the embeddings need to know of rows that repeat.
  private let repeated: RepeatedEmbeddings?
  private let pool: WorkerPool
  private var batch: EncodedBatch?
  /// What the last `embed` returned, and where its gradient goes.
  private var read: FieldTensor?
  private var readGradient: FieldTensor?

  init(_ layer: EmbeddingLayer, _ backbone: Backbone, _ blueprint: Blueprint) {
    self.layer = layer
    self.backbone = backbone
    target = blueprint.maskedTarget
    embeddings = Matrix(rows: blueprint.batchCapacity, columns: blueprint.width)
    gradients = Matrix(rows: blueprint.batchCapacity, columns: blueprint.width)
    fields = blueprint.schema.count
    repeated = RepeatedEmbeddings(blueprint, layer.parameters)
    pool = blueprint.pool
  }

  func embed(_ batch: EncodedBatch, _ pass: Pass) -> FieldTensor? {
    self.batch = batch
    let embeddings = tensor(embeddings, batch.rows)
    layer.forward(batch, pass, into: embeddings)
    repeated?.begin(batch, pass, embeddings.flattened)
    read = target.forward(embeddings, pass)
    return read
  }

  func forward(_ pass: Pass, addingTo logits: MatrixView) {
    guard let read else { preconditionFailure("EmbeddedInteraction: forward before embed") }
    backbone.forward(read, pass, addingTo: logits)
  }

  func beginBackward() -> FieldTensor? {
    guard let batch else { preconditionFailure("EmbeddedInteraction: backward before embed") }
    let gradients = tensor(gradients, batch.rows)
    pool.tiles(of: batch.rows, size: 256) { gradients.rows($0).flattened.fill(0) }
    readGradient = target.outputGradient(within: gradients)
    return readGradient
  }

  func backward(_ logitGradient: MatrixView) {
    guard let batch, let readGradient else {
      preconditionFailure("EmbeddedInteraction: backward before beginBackward")
    }
    let gradients = tensor(gradients, batch.rows)
    backbone.backward(logitGradient, addingTo: readGradient)
    target.backward(addingTo: gradients)
    layer.backward(batch, gradients)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    guard let batch else { return nil }
    return point == .embedding
      ? embeddings.view.rows(0..<batch.rows) : backbone.matrix(at: point)
  }

  private func tensor(_ matrix: Matrix, _ rows: Int) -> FieldTensor {
    FieldTensor(matrix.view.rows(0..<rows), fields: fields)
  }
}
