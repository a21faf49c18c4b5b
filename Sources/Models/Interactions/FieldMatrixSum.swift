import LinearAlgebra

/// A pairwise sum with a trained map between the two vectors of each pair.
///
/// Operands are `[batch, fields, dimension]`; the two gradients that backward adds to may be the same tensor.
protocol FieldMatrixSum: AnyObject {
  /// Floating-point operations per row.
  var operations: Int { get }
  /// Adds each row's sum to its logit.
  func forward(left: FieldTensor, right: FieldTensor, addingTo logits: MatrixView)
  /// What the last forward summed, one column per pair, computed on demand.
  var lastProducts: MatrixView? { get }
  /// Adds the gradient of both operands and of the parameters.
  func backward(
    _ logitGradient: MatrixView, addingTo leftGradient: FieldTensor, _ rightGradient: FieldTensor)
}
