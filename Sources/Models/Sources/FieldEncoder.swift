import LinearAlgebra

/// Generates one vector per field from the vectors of fields: `[batch, fields, dimension]` → the
/// same shape, or that of the fields that are read alone.
///
/// Backward adds to the input's gradient and to the parameters' gradients, for the batch of the
/// last forward.
protocol FieldEncoder: AnyObject {
  /// Floating-point operations of a row's products of vectors with one another, forward: not those
  /// of products with weights, which parameters count.
  var operations: Int { get }
  /// Encodes; the output stays valid until the next call.
  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor
  /// The encoder as operations of a graph, in an evaluation.
  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors
  /// Carries the output's gradient back to the input and the parameters.
  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldGradient)
}

extension EncoderSettings {
  /// The last layer of every encoder, `γ·σ(z)`, in the scope's `activation`.
  func activationLayer(_ context: LayerContext, width: Int) -> DenseLayer {
    activation.makeLayer(context.scoped("activation"), scale: gamma, width: width)
  }
}
