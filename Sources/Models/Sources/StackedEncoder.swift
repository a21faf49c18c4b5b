import LinearAlgebra

/// Two maps instead of one: `g = γ·σ(ReLU(BN(x·W₀ᵀ))·W₁ᵀ)` (Yin et al., 2025: stacking layers).
///
/// Both weights are `[N·d, N·d]`, without bias; the batch normalisation is over `N·d` columns.
final class StackedEncoder: FieldEncoder {
  let operations = 0
  private let hidden: LinearLayer
  private let normalization: BatchNormalization
  private let rectifier: Rectifier
  private let linear: LinearLayer
  private let activation: DenseLayer
  private let hiddenGradient: Matrix
  private let fields: Int

  /// Creates `0.weight`, `0.norm` and `output.weight` in the context's scope; generates `fields`.
  init(
    _ context: LayerContext, _ shape: FieldShape, _ settings: EncoderSettings,
    generating fields: Range<Int>
  ) {
    let (width, first) = (shape.width, context.scoped("0"))
    hidden = LinearLayer(first, inputs: width, outputs: width, bias: false)
    normalization = BatchNormalization(first.scoped("norm"), width: width)
    rectifier = Rectifier(context)
    let rows = shape.columns(of: fields)
    linear = LinearLayer(
      context.scoped("output"), inputs: width, weightRows: width, outputs: rows)
    activation = settings.activationLayer(context, width: rows.count)
    hiddenGradient = context.matrix(columns: width)
    self.fields = fields.count
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor {
    let normalized = normalization.forward(hidden.forward(input.flattened), pass)
    let product = linear.forward(.dense(rectifier.forward(normalized, pass)))
    return FieldTensor(activation.forward(product, pass), fields: fields)
  }

  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    let normalized = normalization.graph(hidden.graph(input.flattened, graph), graph)
    let product = linear.graph(rectifier.graph(normalized, graph), graph)
    return input.with(activation.graph(product, graph), fields: fields)
  }

  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldGradient) {
    let gradient = hiddenGradient.view.rows(0..<outputGradient.batch)
    linear.backward(
      activation.backward(outputGradient.flattened), to: .dense(gradient), overwriting: true)
    hidden.backward(
      normalization.backward(rectifier.backward(gradient)), to: inputGradient.flattened,
      overwriting: false)
  }
}
