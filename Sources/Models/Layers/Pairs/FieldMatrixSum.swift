import LinearAlgebra

/// A pairwise sum with something to train between the two vectors of each pair.
///
/// Operands are `[batch, fields, dimension]`; the two gradients that backward adds to may be the same tensor.
protocol FieldMatrixSum: AnyObject {
  var parameters: [Parameter] { get }
  /// Adds each row's sum to its logit.
  func forward(left: FieldTensor, right: FieldTensor, addingTo logits: MatrixView)
  /// What the last forward summed, a column a pair: made when it is asked for.
  var lastProducts: MatrixView? { get }
  /// Adds the gradient of both operands and of the parameters.
  func backward(
    _ logitGradient: MatrixView, addingTo leftGradient: FieldTensor, _ rightGradient: FieldTensor)
}
