import LinearAlgebra
import Platform

/// The method's encoder: `gᵢ = γ·σ(x·W_{F(i)})`, every field generated from all (Yin et al., 2025, section 1.2).
///
/// `x = [v₁ … v_N]` is a row's concatenated input; the `W_{F(i)}` of all fields stand side by side in one
/// weight of shape `[N·d, N·d]`, kept transposed as PyTorch's `Linear` keeps it, without bias:
/// `g = γ·σ(x·Wᵀ)`. Keeps the input's view and `x·Wᵀ` for backward.
public final class FieldWiseEncoder: FieldEncoder {
  /// The one weight.
  public var parameters: [Parameter] { [weight] }
  private let weight: Parameter
  private let activation: Activation
  private let gamma: Scalar
  private let product: Matrix
  private let output: Matrix
  private let pool: WorkerPool
  private var input: FieldTensor?

  /// Makes an encoder whose weight is named `name.weight` and drawn Xavier-normal.
  public init(_ blueprint: Blueprint, named name: String) {
    let width = blueprint.width
    weight = Parameter(
      name: "\(name).weight", shape: [width, width], regularization: .network)
    blueprint.initializer.xavierNormal(weight)
    activation = blueprint.settings.encoder.activation
    gamma = Scalar(blueprint.settings.encoder.gamma)
    product = Matrix(rows: blueprint.batchCapacity, columns: width)
    output = Matrix(rows: blueprint.batchCapacity, columns: width)
    pool = blueprint.pool
  }

  /// `γ·σ(x·Wᵀ)` of every row.
  public func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    self.input = input
    let product = product.view.rows(0..<input.batch)
    let output = output.view.rows(0..<input.batch)
    MatrixProduct.multiply(
      input.flattened, weight.value.view, transposingB: true, into: product, overwriting: true,
      pool: pool)
    pool.tiles(of: input.batch, size: 64) { rows in
      activation.forward(
        product.row(rows.lowerBound), scale: gamma, into: output.row(rows.lowerBound),
        count: rows.count * product.columns)
    }
    return FieldTensor(output, fields: input.fields)
  }

  /// `∂W += δᵀ·x` and `∂x += δ·W` with `δ = γ·σ′(x·Wᵀ) ⊙ ∂g`, which takes the place of `x·Wᵀ`.
  public func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldTensor) {
    guard let input else { preconditionFailure("FieldWiseEncoder: backward before forward") }
    let delta = product.view.rows(0..<input.batch)
    let gradient = outputGradient.flattened
    pool.tiles(of: input.batch, size: 64) { rows in
      activation.backward(
        replacing: delta.row(rows.lowerBound), scale: gamma,
        outputGradient: gradient.row(rows.lowerBound), count: rows.count * delta.columns)
    }
    MatrixProduct.multiply(
      delta, transposingA: true, input.flattened, into: weight.gradient.view, overwriting: false,
      pool: pool)
    MatrixProduct.multiply(
      delta, weight.value.view, into: inputGradient.flattened, overwriting: false, pool: pool)
  }
}
