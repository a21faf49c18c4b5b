import LinearAlgebra

/// The method's encoder: `gᵢ = γ·σ(x·W_{F(i)})`, every field generated from all (Yin et al., 2025, section 1.2).
///
/// `x = [v₁ … v_N]` is a row's concatenated input; the `W_{F(i)}` of all fields stand side by side in one
/// weight of shape `[N·d, N·d]`, kept transposed as PyTorch's `Linear` keeps it, without bias:
/// `g = γ·σ(x·Wᵀ)`.
final class FieldWiseEncoder: FieldEncoder {
  var parameters: [Parameter] { linear.parameters + activation.parameters }
  private let linear: LinearLayer
  private let activation: DenseLayer

  /// Makes `name.weight`, and what the activation trains.
  init(_ blueprint: Blueprint, named name: String) {
    let width = blueprint.width
    linear = LinearLayer(blueprint, named: name, from: width, to: width, bias: false)
    activation = blueprint.encoderActivation(named: name, width: width)
  }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    FieldTensor(
      linear.forward(input.flattened, through: activation, pass), fields: input.fields)
  }

  /// `∂W += δᵀ·x` and `∂x += δ·W` with `δ = γ·σ′(x·Wᵀ) ⊙ ∂g`, which takes the place of `x·Wᵀ`.
  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldTensor) {
    linear.backward(
      activation.backward(outputGradient.flattened), to: inputGradient.flattened,
      overwriting: false)
  }
}
