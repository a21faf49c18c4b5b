import ClickData
import LinearAlgebra

/// One vector per field, which meets the field's embedding: `logit += Σ_f ⟨w_f, v_f⟩` (FiLV in Pan et al.,
/// 2018, section 4.2).
///
/// Shapes: the embeddings are `[batch, fields, dimension]`; `w`, the fields' vectors side by side, is the
/// weight `[1, fields · dimension]` of a Linear layer without bias.
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

  func backward(
    _ batch: EncodedBatch, _ logitGradient: MatrixView, addingTo embeddingGradient: FieldGradient?
  ) {
    guard let embeddingGradient else { preconditionFailure("FieldVectorTerm: no embeddings") }
    linear.backward(logitGradient, to: embeddingGradient.flattened, overwriting: false)
  }
}
