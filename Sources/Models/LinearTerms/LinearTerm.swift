import ClickData
import LinearAlgebra
import Platform

/// The part of a logit beside the interaction, which reads a batch's ids, the embeddings, or both.
protocol LinearTerm: AnyObject {
  var operations: Int { get }
  /// Adds the term to each row's logit; `embeddings` is nil in a model without embeddings.
  func forward(
    _ batch: EncodedBatch, _ embeddings: FieldInput?, _ pass: Pass, addingTo logits: MatrixView)
  /// The term, `[batch, 1]`, as operations of a graph.
  func graph(
    _ fields: [GraphField], _ embeddings: GraphVectors?, _ graph: GraphBuilder
  ) -> GraphValue
  /// Adds the gradients of the parameters and of the embeddings, for the batch of the last forward.
  func backward(
    _ batch: EncodedBatch, _ logitGradient: MatrixView, addingTo embeddingGradient: FieldGradient?)
}

/// One vector per field, which meets the field's embedding: `logit += Σ_f ⟨w_f, v_f⟩` (FiLV in Pan
/// et al., 2018, section 4.2).
///
/// Shapes: the embeddings are `[batch, fields, dimension]`; `w`, the fields' vectors side by side,
/// is the weight `[1, fields · dimension]` of a Linear layer without bias.
final class FieldVectorTerm: LinearTerm {
  let operations = 0
  private let linear: LinearLayer

  /// Creates `weight`, Xavier-normal, for embeddings of `width` elements per row.
  init(_ context: LayerContext, width: Int) {
    linear = LinearLayer(context, inputs: width, outputs: 1, bias: false)
  }

  func forward(
    _ batch: EncodedBatch, _ embeddings: FieldInput?, _: Pass, addingTo logits: MatrixView
  ) {
    guard let embeddings else { preconditionFailure("FieldVectorTerm: no embeddings") }
    logits.add(linear.forward(embeddings.flattened))
  }

  func graph(
    _: [GraphField], _ embeddings: GraphVectors?, _ graph: GraphBuilder
  ) -> GraphValue {
    guard let embeddings else { preconditionFailure("FieldVectorTerm: no embeddings") }
    return linear.graph(embeddings.flattened, graph)
  }

  func backward(
    _ batch: EncodedBatch, _ logitGradient: MatrixView, addingTo embeddingGradient: FieldGradient?
  ) {
    guard let embeddingGradient else { preconditionFailure("FieldVectorTerm: no embeddings") }
    linear.backward(logitGradient, to: embeddingGradient.flattened, overwriting: false)
  }
}

/// One vector per feature value, which meets the value's embedding: `logit += Σ_f ⟨u_f, v_f⟩`,
/// `u_f = x_f · U_f[id_f]` (FeLV in Pan et al., 2018, section 4.2).
///
/// Shapes: `U_f` is `[rows_f, dimension]`, the embeddings `v` are `[batch, fields, dimension]`.
/// Both vectors of a number field have been multiplied by the number, as in FuxiCTR, so its product
/// contains the square. Keeps `u`, which backward overwrites, and the embeddings' view.
final class FeatureVectorTerm: LinearTerm {
  let operations: Int
  private let layer: EmbeddingLayer
  private let vectors: Matrix
  private let pool: WorkerPool
  private var embeddings: FieldTensor?

  /// Creates tables named `FIELD.weight`, drawn as those of the embedding are.
  init(_ context: LayerContext, _ fields: FieldTables, dimension: Int) {
    let width = fields.schema.count * dimension
    layer = EmbeddingLayer(context, fields, dimension: dimension)
    vectors = context.matrix(columns: width)
    operations = 2 * width
    pool = context.pool
  }

  func forward(
    _ batch: EncodedBatch, _ embeddings: FieldInput?, _ pass: Pass, addingTo logits: MatrixView
  ) {
    guard let embeddings = embeddings?.tensor else {
      preconditionFailure("FeatureVectorTerm: no embeddings")
    }
    self.embeddings = embeddings
    let vectors = vectors.view.rows(0..<batch.rows)
    layer.forward(batch, pass, into: FieldTensor(vectors, fields: embeddings.fields))
    let values = embeddings.flattened
    pool.tiles(of: batch.rows, size: 256) { rows in
      for row in rows {
        logits[row, 0] += Scalar(
          VectorKernels.dot(vectors.row(row), values.row(row), count: vectors.columns))
      }
    }
  }

  func graph(
    _ fields: [GraphField], _ embeddings: GraphVectors?, _ graph: GraphBuilder
  ) -> GraphValue {
    guard let embeddings else { preconditionFailure("FeatureVectorTerm: no embeddings") }
    return graph.rowProducts(layer.graph(fields, graph).flattened, embeddings.flattened)
  }

  /// `∂v += g·u`; then `∂u = g·v` replaces `u` and goes to the tables.
  func backward(
    _ batch: EncodedBatch, _ logitGradient: MatrixView, addingTo embeddingGradient: FieldGradient?
  ) {
    guard let embeddings, let embeddingGradient = embeddingGradient?.tensor else {
      preconditionFailure("FeatureVectorTerm: backward before forward")
    }
    let vectors = vectors.view.rows(0..<batch.rows)
    let values = embeddings.flattened
    let valueGradients = embeddingGradient.flattened
    pool.tiles(of: batch.rows, size: 256) { rows in
      for row in rows {
        let gradient = logitGradient[row, 0]
        ShortVectorKernels.add(
          vectors.row(row), times: gradient, to: valueGradients.row(row), count: vectors.columns)
        ShortVectorKernels.copy(
          values.row(row), times: gradient, to: vectors.row(row), count: vectors.columns)
      }
    }
    layer.backward(batch, FieldTensor(vectors, fields: embeddings.fields))
  }
}
