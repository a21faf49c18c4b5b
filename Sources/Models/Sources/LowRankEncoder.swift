import LinearAlgebra

/// Two maps through `r` dimensions: `g = γ·σ(τ(x·U)·V)`, every field generated from all.
///
/// `x` is a row's concatenated input, `U` is `[N·d, r]`, `V` is `[r, N·d]`, kept transposed as
/// PyTorch's `Linear` keeps them, without bias; `τ` is the identity or another activation. With the
/// identity it is a field-wise encoder of rank `r`, with `2·N·d·r` weights instead of `(N·d)²`.
final class LowRankEncoder: FieldEncoder {
  let operations = 0
  private let down: LinearLayer
  private let inner: DenseLayer
  private let up: LinearLayer
  private let activation: DenseLayer
  private let innerGradient: Matrix
  private let fields: Int

  /// Creates `down.weight`, `up.weight`, and what the activations train, in the context's scope;
  /// generates `fields`.
  init(
    _ context: LayerContext, _ shape: FieldShape, _ settings: EncoderSettings,
    generating fields: Range<Int>
  ) {
    let rows = shape.columns(of: fields)
    let scope = context.scoped("down")
    down = LinearLayer(scope, inputs: shape.width, outputs: settings.rank, bias: false)
    inner = settings.innerActivation.makeLayer(scope.scoped("activation"), width: settings.rank)
    up = LinearLayer(
      context.scoped("up"), inputs: settings.rank, weightRows: shape.width, outputs: rows)
    activation = settings.activationLayer(context, width: rows.count)
    self.fields = fields.count
    innerGradient = context.matrix(columns: settings.rank)
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor {
    let hidden = inner.forward(down.forward(input.flattened), pass)
    return FieldTensor(activation.forward(up.forward(.dense(hidden)), pass), fields: fields)
  }

  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    let hidden = inner.graph(down.graph(input.flattened, graph), graph)
    return input.with(activation.graph(up.graph(hidden, graph), graph), fields: fields)
  }

  /// With `h = τ(x·U)` and `δ = γ·σ′ ⊙ ∂g`: `∂V += hᵀ·δ`, `∂h = δ·Vᵀ`, `∂U += xᵀ·(τ′ ⊙ ∂h)` and
  /// `∂x += (τ′ ⊙ ∂h)·Uᵀ`.
  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldGradient) {
    let gradient = innerGradient.view.rows(0..<outputGradient.batch)
    up.backward(
      activation.backward(outputGradient.flattened), to: .dense(gradient), overwriting: true)
    down.backward(inner.backward(gradient), to: inputGradient.flattened, overwriting: false)
  }
}
