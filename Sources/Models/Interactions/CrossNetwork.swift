import LinearAlgebra

/// Cross layers, and what a head reads of them.
protocol CrossNetwork: AnyObject {
  /// The width of the output.
  var width: Int { get }
  /// Floating-point operations of a row's products of vectors with one another, forward.
  var operations: Int { get }
  /// Writes what the head reads, `[batch, width]`.
  func forward(_ embeddings: Embeddings, _ pass: Pass, into output: MatrixView)
  /// Adds the embeddings' gradient; the output's stays as it is.
  func backward(_ outputGradient: MatrixView, addingTo gradients: EmbeddingGradients)
  /// What an analysis may read after a forward pass.
  func matrix(at point: ProbePoint) -> MatrixView?
}

extension ModelBuilder {
  /// The cross network that `target` requires, in the scope `cross`.
  func crossNetwork() -> CrossNetwork {
    let context = context.scoped("cross")
    let layer = CrossLayer.Settings(
      width: shape.width, bias: settings.crossBias, dropout: settings.crossDropout)
    let stack = CrossStack(context, layer, count: settings.crossLayers) {
      layeredSource(named: "cross.\($0).encoder", layer: $0)
    }
    guard let choice = fieldChoice() else { return stack }
    return CrossTargets(context, stack, shape, choosing: choice)
  }
}
