import ClickData
import LinearAlgebra

/// The part of a logit beside the interaction, which reads a batch's ids, the embeddings, or both.
protocol LinearTerm: AnyObject {
  /// Floating-point operations of a row's products of vectors with one another, forward.
  var operations: Int { get }
  /// Adds the term to each row's logit; `embeddings` is nil in a model without embeddings.
  func forward(
    _ batch: EncodedBatch, _ embeddings: FieldInput?, _ pass: Pass, addingTo logits: MatrixView)
  /// Adds the gradients of the parameters and of the embeddings, for the batch of the last forward.
  func backward(
    _ batch: EncodedBatch, _ logitGradient: MatrixView, addingTo embeddingGradient: FieldGradient?)
}
