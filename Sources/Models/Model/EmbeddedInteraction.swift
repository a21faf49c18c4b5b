import ClickData
import LinearAlgebra
import Platform

/// A backbone on a batch's embeddings, written side by side: `[batch, fields, dimension]`.
final class EmbeddedInteraction: Interaction {
  var operations: Int { backbone.operations }
  private let layer: EmbeddingLayer
  /// What hides some fields' embeddings from all that are not sources; nil where nothing does.
  private let mask: TargetMask?
  private let backbone: Backbone
  private let vectors: Matrix
  private let gradients: Matrix
  private let fields: Int
  /// The fields whose rows a batch repeats; nil where no product reads them.
  private let repeated: RepeatedEmbeddings?
  private let pool: WorkerPool
  private var batch: EncodedBatch?
  /// The embeddings of the last `embed`, and where their gradients go.
  private var embeddings: Embeddings?
  private var embeddingGradients: EmbeddingGradients?

  init(
    _ layer: EmbeddingLayer, _ mask: TargetMask?, _ backbone: Backbone, _ builder: ModelBuilder
  ) {
    self.layer = layer
    self.mask = mask
    self.backbone = backbone
    vectors = builder.context.matrix(columns: builder.shape.width)
    gradients = builder.context.matrix(columns: builder.shape.width)
    fields = builder.schema.count
    repeated = RepeatedEmbeddings(builder.context, builder.fields, layer.tables)
    pool = builder.context.pool
  }

  func embed(_ batch: EncodedBatch, _ pass: Pass) -> FieldInput? {
    self.batch = batch
    let tensor = tensor(vectors, batch.rows)
    layer.forward(batch, pass, into: tensor)
    repeated?.begin(batch, pass, tensor.flattened)
    let raw = FieldInput(tensor, repeated: repeated?.products)
    let input = mask?.forward(raw, pass) ?? raw
    embeddings = Embeddings(raw: raw, input: input)
    return input
  }

  func forward(_ pass: Pass, addingTo logits: MatrixView) {
    guard let embeddings else { preconditionFailure("EmbeddedInteraction: forward before embed") }
    backbone.forward(embeddings, pass, addingTo: logits)
  }

  /// A mask hides nothing in an evaluation.
  func graph(
    _ fields: [GraphField], _ graph: GraphBuilder
  ) -> (embeddings: GraphVectors, logit: GraphValue) {
    let embeddings = layer.graph(fields, graph)
    return (embeddings, backbone.graph(embeddings, graph))
  }

  func beginBackward() -> FieldGradient? {
    guard let batch else { preconditionFailure("EmbeddedInteraction: backward before embed") }
    let tensor = tensor(gradients, batch.rows)
    pool.tiles(of: batch.rows, size: 256) { tensor.rows($0).flattened.fill(0) }
    let raw = FieldGradient(tensor, repeated: repeated?.products)
    let input = mask?.outputGradient(within: raw) ?? raw
    embeddingGradients = EmbeddingGradients(raw: raw, input: input)
    return input
  }

  func backward(_ logitGradient: MatrixView) {
    guard let batch, let embeddingGradients else {
      preconditionFailure("EmbeddedInteraction: backward before beginBackward")
    }
    backbone.backward(logitGradient, addingTo: embeddingGradients)
    mask?.backward(addingTo: embeddingGradients.raw)
    layer.backward(batch, embeddingGradients.raw.tensor)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    guard let embeddings else { return nil }
    return point == .embedding
      ? embeddings.raw.tensor.flattened : backbone.matrix(at: point)
  }

  func vectors(ofSet _: Int) -> FieldTensor {
    guard let embeddings else { preconditionFailure("EmbeddedInteraction: no embeddings") }
    return embeddings.raw.tensor
  }

  func vectorGradients(ofSet _: Int) -> FieldTensor {
    guard let embeddingGradients else { preconditionFailure("EmbeddedInteraction: no gradients") }
    return embeddingGradients.raw.tensor
  }

  private func tensor(_ matrix: Matrix, _ rows: Int) -> FieldTensor {
    FieldTensor(matrix.view.rows(0..<rows), fields: fields)
  }
}
