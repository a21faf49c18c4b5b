import LinearAlgebra

/// Layers one after another on the tokens of a row, `[batch, tokens · width]`, each with weights of
/// its own for every token.
final class TokenLayers: DenseLayer {
  private let layers: [DenseLayer]

  /// RankMixer's: `Linear`, RMSNorm if configured, GELU for each width, and `Linear` back to a
  /// token.
  init(plain context: LayerContext, _ settings: TokenSettings) {
    var (layers, width): ([DenseLayer], Int) = ([], settings.dimension)
    for (index, units) in settings.feedForwardUnits.enumerated() {
      let scope = context.scoped("\(index)")
      layers.append(
        TokenLinear(scope, tokens: settings.tokens, inputs: width, outputs: units))
      if settings.normalization { layers.append(Self.norm(scope, settings, width: units)) }
      layers.append(ActivationLayer<GELU>(scope, width: settings.tokens * units))
      width = units
    }
    layers.append(Self.output(context, settings, width: width))
    self.layers = layers
  }

  private static func norm(
    _ context: LayerContext, _ settings: TokenSettings, width: Int
  ) -> RMSNormalization {
    RMSNormalization(
      context.scoped("norm"), vectors: settings.tokens, width: width, sharingWeight: false)
  }

  private static func output(
    _ context: LayerContext, _ settings: TokenSettings, width: Int
  ) -> TokenLinear {
    TokenLinear(
      context.scoped("output"), tokens: settings.tokens, inputs: width,
      outputs: settings.dimension)
  }

  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    var output = values
    for layer in layers { output = layer.forward(output, pass) }
    return output
  }

  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    layers.reduce(values) { $1.graph($0, graph) }
  }

  func backward(_ gradient: MatrixView) -> MatrixView {
    var result = gradient
    for layer in layers.reversed() { result = layer.backward(result) }
    return result
  }
}
