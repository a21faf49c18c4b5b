import ClickData
import LinearAlgebra

/// A vector a field, which meets the field's embedding: `logit += Σ_f ⟨w_f, v_f⟩` (FiLV in Pan et al., 2018,
/// section 4.2).
///
/// Shapes: the embeddings are `[batch, fields, dimension]`; `w`, the fields' vectors side by side, is the weight
/// `[1, fields · dimension]` of a Linear layer without bias.
final class FieldVectorTerm: LinearTerm {
  var parameters: [Parameter] { linear.parameters }
  private let linear: LinearLayer

  /// Makes `name.weight`, Xavier-normal.
  init(_ blueprint: Blueprint, named name: String) {
    linear = LinearLayer(blueprint, named: name, from: blueprint.width, to: 1, bias: false)
  }

  func forward(
    _ batch: EncodedBatch, _ embeddings: FieldTensor?, _: Pass, addingTo logits: MatrixView
  ) {
    guard let embeddings else { preconditionFailure("FieldVectorTerm: no embeddings") }
    logits.add(linear.forward(embeddings.flattened))
  }

  func backward(
    _ batch: EncodedBatch, _ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor?
  ) {
    guard let embeddingGradient else { preconditionFailure("FieldVectorTerm: no embeddings") }
    linear.backward(logitGradient, to: embeddingGradient.flattened, overwriting: false)
  }
}
