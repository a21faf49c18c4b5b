import LinearAlgebra

/// Layers one after another on the tokens of a row, `[batch, tokens · width]`, each with weights of
/// its own for every token.
final class TokenLayers: DenseLayer {
  private let layers: [DenseLayer]
  /// Floating-point operations of the gated units' products.
  let operations: Int
  /// What the source generated in the last forward; nil without gated units.
  var generated: MatrixView? { unit?.generated }
  private let unit: GatedTokenUnit?

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
    (self.layers, unit, operations) = (layers, nil, 0)
  }

  /// RankElastor's: RMSNorm if configured, a gated unit and, where the width changes, `Linear` for
  /// each width, and `Linear` back to a token; the first unit multiplies by what `source`
  /// generates.
  init(gated context: LayerContext, _ settings: TokenSettings, source: Source) {
    var (layers, width): ([DenseLayer], Int) = ([], settings.dimension)
    var units: [GatedTokenUnit] = []
    for (index, next) in settings.feedForwardUnits.enumerated() {
      let scope = context.scoped("\(index)")
      if settings.normalization { layers.append(Self.norm(scope, settings, width: width)) }
      units.append(
        GatedTokenUnit(
          scope, tokens: settings.tokens, width: width,
          expanded: Int(Double(width) * settings.expansion),
          source: index == 0 ? source : RawSource()))
      layers.append(units[index])
      if next != width {
        layers.append(
          TokenLinear(
            scope.scoped("width"), tokens: settings.tokens, inputs: width, outputs: next))
      }
      width = next
    }
    layers.append(Self.output(context, settings, width: width))
    (self.layers, unit) = (layers, units.first)
    operations = units.reduce(0) { $0 + $1.operations }
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
