import LinearAlgebra

/// The method's encoder: `gᵢ = γ·σ(x·W_{F(i)})`, every field generated from all (Yin et al., 2025).
///
/// `x = [v₁ … v_N]` is a row's concatenated input; the `W_{F(i)}` of all fields are side by side in
/// one weight of shape `[N·d, N·d]`, kept transposed as PyTorch's `Linear` keeps it, without bias:
/// `g = γ·σ(x·Wᵀ)`. Only the blocks of some fields are multiplied; the others are not even stored.
final class FieldWiseEncoder: FieldEncoder {
  let operations = 0
  private let linear: LinearLayer
  private let activation: DenseLayer
  private let fields: Int

  /// Creates `weight` in the context's scope, and what the activation trains; generates `fields`.
  init(
    _ context: LayerContext, _ shape: FieldShape, _ settings: EncoderSettings,
    generating fields: Range<Int>
  ) {
    let rows = shape.columns(of: fields)
    linear = LinearLayer(
      context, inputs: shape.width, weightRows: shape.width, outputs: rows)
    activation = settings.activationLayer(context, width: rows.count)
    self.fields = fields.count
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor {
    FieldTensor(linear.forward(input.flattened, through: activation, pass), fields: fields)
  }

  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    input.with(activation.graph(linear.graph(input.flattened, graph), graph), fields: fields)
  }

  /// `∂W += δᵀ·x` and `∂x += δ·W` with `δ = γ·σ′(x·Wᵀ) ⊙ ∂g`, which replaces `x·Wᵀ`.
  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldGradient) {
    linear.backward(
      activation.backward(outputGradient.flattened), to: inputGradient.flattened,
      overwriting: false)
  }
}
