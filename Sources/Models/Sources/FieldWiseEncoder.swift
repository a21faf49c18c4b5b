import LinearAlgebra

/// The method's encoder: `gᵢ = γ·σ(x·W_{F(i)})`, every field generated from all (Yin et al., 2025).
///
/// `x = [v₁ … v_N]` is a row's concatenated input; the `W_{F(i)}` of all fields are side by side in
/// one weight of shape `[N·d, N·d]`, kept transposed as PyTorch's `Linear` keeps it, without bias:
/// `g = γ·σ(x·Wᵀ)`.
final class FieldWiseEncoder: FieldEncoder {
  let operations = 0
  private let linear: LinearLayer
  private let activation: DenseLayer

  /// Creates `weight` in the context's scope, and what the activation trains.
  init(_ context: LayerContext, _ shape: FieldShape, _ settings: EncoderSettings) {
    linear = LinearLayer(context, inputs: shape.width, outputs: shape.width, bias: false)
    activation = settings.activationLayer(context, width: shape.width)
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor {
    FieldTensor(linear.forward(input.flattened, through: activation, pass), fields: input.fields)
  }

  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    input.with(activation.graph(linear.graph(input.flattened, graph), graph))
  }

  /// `∂W += δᵀ·x` and `∂x += δ·W` with `δ = γ·σ′(x·Wᵀ) ⊙ ∂g`, which replaces `x·Wᵀ`.
  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldGradient) {
    linear.backward(
      activation.backward(outputGradient.flattened), to: inputGradient.flattened,
      overwriting: false)
  }
}
