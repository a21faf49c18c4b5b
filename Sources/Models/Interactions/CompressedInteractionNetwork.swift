import LinearAlgebra
import Platform

/// Compressed interaction layers one after another, the maps of each summed over the dimension,
/// side by side.
///
/// `X⁰ = x`, `X^{k+1} = CIN_k(G_k(x), X^k)`, output `[Σ_d X¹ ; Σ_d X² ; …]`, `[batch, Σ_k O_k]`.
/// Every layer has a source of its own, which reads the raw embedding.
final class CompressedInteractionNetwork {
  /// The width of the output: the maps of all layers.
  let width: Int
  var operations: Int { layers.reduce(0) { $0 + $1.interaction.operations + $1.source.operations } }
  private let layers: [Layer]
  private let embedding: Matrix
  private let embeddingGradient: Matrix
  private let sourceGradient: Matrix
  private let share: BatchShare
  private let pool: WorkerPool

  /// An interaction, its source, and what they keep for backward.
  private struct Layer {
    let interaction: CompressedInteraction
    let source: ObservedSource
    let generated: Matrix
    let outputGradient: Matrix
    let maps: Int
    /// The columns of the network's output that hold the layer's sums.
    let columns: Range<Int>
  }

  /// Makes the layers `0`, `1`, …, of `maps` feature maps each, in the context's scope; `source`
  /// makes that of a layer.
  init(
    _ context: LayerContext, _ shape: FieldShape, maps widths: [Int],
    source: (_ layer: Int) -> ObservedSource
  ) {
    precondition(!widths.isEmpty, "CompressedInteractionNetwork: no layers")
    func matrix(_ fields: Int) -> Matrix { context.matrix(columns: fields * shape.dimension) }
    var (maps, width) = (shape.fields, 0)
    layers = widths.enumerated().map { index, outputs in
      defer {
        maps = outputs
        width += outputs
      }
      return Layer(
        interaction: CompressedInteraction(
          context.scoped("\(index)"), shape, maps: maps, outputs: outputs),
        source: source(index), generated: matrix(shape.fields), outputGradient: matrix(outputs),
        maps: outputs, columns: width..<width + outputs)
    }
    self.width = width
    embedding = matrix(shape.fields)
    embeddingGradient = matrix(shape.fields)
    sourceGradient = matrix(shape.fields)
    share = context.share
    pool = context.pool
  }

  /// Writes the sums of every layer's maps.
  func forward(_ embeddings: Embeddings, _ pass: Pass, into output: MatrixView) {
    var state = tiles(embedding, embeddings.target)
    state.copy(from: embeddings.target, pool: pool)
    for layer in layers {
      let vectors = layer.source.forward(embeddings, pass)
      let source = tiles(layer.generated, vectors)
      source.copy(from: vectors, pool: pool)
      state = layer.interaction.forward(source: source, state: state)
      state.sumVectors(into: output.columns(layer.columns), pool: pool)
    }
  }

  /// The sums of every layer's maps as operations of a graph.
  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    var state = embeddings
    let sums = layers.map { layer in
      let source = layer.source.graph(embeddings, graph)
      state = layer.interaction.graph(source: source, state: state, graph)
      return graph.apply(.sum(axis: 2), to: [state.stacked(graph)])
    }
    return graph.apply(.concatenate, to: sums)
  }

  /// Adds the embeddings' gradient: what every layer's source sends back, and what `X⁰` received.
  func backward(_ outputGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    let (batch, target) = (outputGradient.rows, gradients.target)
    let last = layers[layers.count - 1]
    last.outputGradient.view.rows(0..<batch).fill(0)
    for index in layers.indices.reversed() {
      let layer = layers[index]
      let gradient = tiles(layer.outputGradient, batch, fields: layer.maps)
      gradient.add(toEachElement: outputGradient.columns(layer.columns), pool: pool)
      let source = tiles(sourceGradient, target)
      let state =
        index == 0
        ? tiles(embeddingGradient, target)
        : tiles(layers[index - 1].outputGradient, batch, fields: layers[index - 1].maps)
      layer.interaction.backward(gradient, to: source, state)
      source.add(to: layer.source.outputGradient(within: gradients), pool: pool)
      layer.source.backward(addingTo: gradients)
    }
    tiles(embeddingGradient, target).add(to: target, pool: pool)
  }

  /// The layers' sources, and for the redundancy matrix the raw embedding against the first of
  /// them.
  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .encoder(let layer) where layers.indices.contains(layer):
      layers[layer].source.matrix(at: .encoder(0))
    case .encoder: nil
    default: layers[0].source.matrix(at: point)
    }
  }

  /// The columns of the output that hold a layer's sums; nil if there is no such layer.
  func columns(of layer: Int) -> Range<Int>? {
    layers.indices.contains(layer) ? layers[layer].columns : nil
  }

  private func tiles(_ matrix: Matrix, _ tensor: FieldTensor) -> FieldTiles {
    tiles(matrix, tensor.batch, fields: tensor.fields)
  }

  private func tiles(_ matrix: Matrix, _ batch: Int, fields: Int) -> FieldTiles {
    FieldTiles(matrix.view.rows(0..<batch), fields: fields, pieces: share.pieces(rows: batch))
  }
}
