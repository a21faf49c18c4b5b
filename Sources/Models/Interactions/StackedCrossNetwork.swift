import LinearAlgebra

/// A cross network with a perceptron behind it: `MLP(X_L)`.
///
/// Shapes: `X_L` is `[batch, network.width]`, the output `[batch, width]`. Owns `X_L`, which its
/// gradient replaces in backward: the perceptron reads it for the last time before it writes there.
final class StackedCrossNetwork: CrossNetwork {
  var width: Int { mlp.width }
  var operations: Int { network.operations }
  private let network: CrossNetwork
  private let mlp: MLP
  private let state: Matrix

  /// Makes the hidden layers `0`, `1`, … in the context's scope.
  init(_ context: LayerContext, _ network: CrossNetwork, _ settings: MLPSettings) {
    self.network = network
    mlp = MLP(context, inputs: network.width, settings)
    state = context.matrix(columns: network.width)
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, into output: MatrixView) {
    let state = state.view.rows(0..<embeddings.batch)
    network.forward(embeddings, pass, into: state)
    mlp.forward(.dense(state), pass, into: output)
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    mlp.graph(network.graph(embeddings, graph), graph)
  }

  func backward(_ outputGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    let state = state.view.rows(0..<outputGradient.rows)
    mlp.backward(outputGradient, to: .dense(state), overwriting: true)
    network.backward(state, addingTo: gradients)
  }

  func matrix(at point: ProbePoint) -> MatrixView? { network.matrix(at: point) }
}

extension ModelBuilder {
  /// The cross network that `target` requires with hidden layers behind it, in the scope `stacked`.
  func stackedCrossNetwork() -> CrossNetwork {
    StackedCrossNetwork(context.scoped("stacked"), crossNetwork(), settings.deep)
  }
}
