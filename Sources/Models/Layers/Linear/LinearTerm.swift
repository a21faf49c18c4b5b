import ClickData
import LinearAlgebra

/// The part of a logit beside the interaction, which reads a batch's ids, the raw embeddings, or both.
protocol LinearTerm: AnyObject {
  /// What training changes, by name.
  var parameters: [Parameter] { get }
  /// Adds the term to each row's logit; `embeddings` is nil in a model that has none.
  func forward(
    _ batch: EncodedBatch, _ embeddings: FieldTensor?, _ pass: Pass, addingTo logits: MatrixView)
  /// Adds the gradients of the parameters and of the embeddings, for the batch of the last forward.
  func backward(
    _ batch: EncodedBatch, _ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor?)
}
