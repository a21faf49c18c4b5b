import LinearAlgebra
import Platform

/// Cross layers one after another, from the embedding `X₀ = x` to `X_L`.
///
/// Shapes: `[batch, fields · dimension]` throughout. Owns the states between the layers; the last
/// one is written to the caller's matrix.
final class CrossStack: CrossNetwork {
  let width: Int
  var operations: Int { layers.reduce(0) { $0 + $1.operations } }
  /// The layers, input side first.
  let layers: [CrossLayer]
  private let states: [Matrix]
  private let gradient: Matrix
  private let pool: WorkerPool
  private var embeddings: Embeddings?
  private var output: MatrixView?

  /// Makes the layers `0`, `1`, … in the context's scope; `source` makes that of a layer.
  init(
    _ context: LayerContext, _ settings: CrossLayer.Settings, count: Int,
    source: (_ layer: Int) -> LayeredSource
  ) {
    precondition(count > 0, "CrossStack: no layers")
    width = settings.width
    layers = (0..<count).map { index in
      CrossLayer(context.scoped("\(index)"), settings) { source(index) }
    }
    states = (1..<count).map { _ in context.matrix(columns: settings.width) }
    gradient = context.matrix(columns: settings.width)
    pool = context.pool
  }

  /// Writes `X_L`.
  func forward(_ embeddings: Embeddings, _ pass: Pass, into output: MatrixView) {
    self.embeddings = embeddings
    var state = embeddings.input
    for (layer, next) in zip(layers, states) {
      let next = next.view.rows(0..<embeddings.batch)
      layer.forward(state, embeddings, pass, into: next)
      state = FieldInput(FieldTensor(next, fields: state.fields))
    }
    layers[layers.count - 1].forward(state, embeddings, pass, into: output)
    self.output = output
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    layers.reduce(embeddings) { $1.graph($0, embeddings, graph).next }.flattened
  }

  func backward(_ outputGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    backward(outputGradient, addingTo: gradients) { _, gradient in gradient }
  }

  /// The same where each layer's interaction has a reader beside the next state:
  /// `interactionGradient` computes its gradient from the layer's index and the next state's
  /// gradient.
  func backward(
    _ outputGradient: MatrixView, addingTo gradients: EmbeddingGradients,
    interactionGradient: (Int, MatrixView) -> MatrixView
  ) {
    let gradient = gradient.view.rows(0..<outputGradient.rows)
    pool.tiles(of: gradient.rows, size: 64) { rows in
      gradient.rows(rows).copy(from: outputGradient.rows(rows))
    }
    let tensor = FieldTensor(gradient, fields: gradients.target.fields)
    for (index, layer) in layers.enumerated().reversed() {
      // The first layer's state is the embeddings, whose repeated rows get their gradient directly.
      let state = FieldGradient(tensor, repeated: index == 0 ? gradients.input.repeated : nil)
      layer.backward(state, addingTo: gradients) { interactionGradient(index, $0) }
    }
    pool.tiles(of: gradient.rows, size: 64) { rows in
      let tile = tensor.rows(rows)
      ShortVectorKernels.add(
        tile.base, to: gradients.target.rows(rows).base, count: rows.count * tile.width)
    }
  }

  /// The layers' sources and outputs, and for the redundancy matrix the first source against
  /// `X₀·W₀ᵀ`; until backward.
  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .embedding: embeddings?.target.flattened
    case .left: layers[0].generated?.flattened
    case .right: layers[0].product
    case .encoder(let layer) where layers.indices.contains(layer):
      layers[layer].generated?.flattened
    case .interaction(let layer) where states.indices.contains(layer):
      (embeddings?.batch).map { states[layer].view.rows(0..<$0) }
    case .interaction(states.count): output
    default: nil
    }
  }
}

/// Cross layers, and what a head reads of them.
protocol CrossNetwork: AnyObject {
  /// The width of the output.
  var width: Int { get }
  var operations: Int { get }
  /// Writes what the head reads, `[batch, width]`.
  func forward(_ embeddings: Embeddings, _ pass: Pass, into output: MatrixView)
  /// What the head reads as operations of a graph.
  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue
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
