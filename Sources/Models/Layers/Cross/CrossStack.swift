import LinearAlgebra
import Platform

/// Cross layers one after another, from the embedding `X₀ = x` to `X_L`.
///
/// Shapes: `[batch, fields · dimension]` throughout. Owns the states between the layers; the last one is written where
/// its reader wants it.
final class CrossStack: CrossNetwork {
  let width: Int
  var parameters: [Parameter] { layers.flatMap(\.parameters) }
  var statistics: [RunningStatistic] { layers.flatMap(\.statistics) }
  /// The layers, the one nearest the embedding first.
  let layers: [CrossLayer]
  private let states: [Matrix]
  private let gradient: Matrix
  private let pool: WorkerPool
  private var embedding: FieldTensor?
  private var output: MatrixView?

  /// Makes the layers `cross.0`, `cross.1`, … and their sources `cross.0.encoder`, ….
  init(_ blueprint: Blueprint) {
    let count = blueprint.settings.crossLayers
    precondition(count > 0, "CrossStack: no layers")
    width = blueprint.width
    layers = (0..<count).map { index in
      CrossLayer(
        blueprint, named: "cross.\(index)",
        source: blueprint.layeredSource(named: "cross.\(index).encoder", layer: index))
    }
    states = (1..<count).map { _ in
      Matrix(rows: blueprint.batchCapacity, columns: blueprint.width)
    }
    gradient = Matrix(rows: blueprint.batchCapacity, columns: blueprint.width)
    pool = blueprint.pool
  }

  /// Writes `X_L`.
  func forward(_ embedding: FieldTensor, _ pass: Pass, into output: MatrixView) {
    self.embedding = embedding
    var state = embedding
    for (layer, next) in zip(layers, states) {
      let next = next.view.rows(0..<embedding.batch)
      layer.forward(state, embedding: embedding, pass, into: next)
      state = FieldTensor(next, fields: embedding.fields)
    }
    layers[layers.count - 1].forward(state, embedding: embedding, pass, into: output)
    self.output = output
  }

  /// Adds the embedding's gradient; the output's is left as it is.
  func backward(_ outputGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    backward(outputGradient, addingTo: embeddingGradient) { _, gradient in gradient }
  }

  /// The same where each layer's interaction has a reader beside the next state: `interactionGradient` makes its gradient
  /// of the layer's number and the next state's gradient.
  func backward(
    _ outputGradient: MatrixView, addingTo embeddingGradient: FieldTensor,
    interactionGradient: (Int, MatrixView) -> MatrixView
  ) {
    let gradient = gradient.view.rows(0..<outputGradient.rows)
    pool.tiles(of: gradient.rows, size: 64) { rows in
      gradient.rows(rows).copy(from: outputGradient.rows(rows))
    }
    let stateGradient = FieldTensor(gradient, fields: embeddingGradient.fields)
    for (index, layer) in layers.enumerated().reversed() {
      layer.backward(stateGradient, addingTo: embeddingGradient) { interactionGradient(index, $0) }
    }
    pool.tiles(of: gradient.rows, size: 64) { rows in
      let tile = stateGradient.rows(rows)
      ShortVectorKernels.add(
        tile.base, to: embeddingGradient.rows(rows).base, count: rows.count * tile.width)
    }
  }

  /// The layers' sources and outputs, and for the redundancy matrix the first source against `X₀·W₀ᵀ`; until backward.
  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .embedding: embedding?.flattened
    case .left: layers[0].generated?.flattened
    case .right: layers[0].product
    case .encoder(let layer) where layers.indices.contains(layer):
      layers[layer].generated?.flattened
    case .interaction(let layer) where states.indices.contains(layer):
      (embedding?.batch).map { states[layer].view.rows(0..<$0) }
    case .interaction(states.count): output
    default: nil
    }
  }
}
