import LinearAlgebra
import Platform

/// Compressed interaction layers one after another, the maps of each summed over the dimension, side by side.
///
/// `X⁰ = x`, `X^{k+1} = CIN_k(G_k(x), X^k)`, output `[Σ_d X¹ ; Σ_d X² ; …]`, `[batch, Σ_k O_k]`. Every layer has a source
/// of its own, fed the raw embedding.
final class CompressedInteractionNetwork {
  /// The width of the output: the maps of all layers.
  let width: Int
  var parameters: [Parameter] {
    layers.flatMap { $0.interaction.parameters + $0.source.parameters }
  }
  var statistics: [RunningStatistic] { layers.flatMap(\.source.statistics) }
  private let layers: [Layer]
  private let embedding: Matrix
  private let embeddingGradient: Matrix
  private let sourceGradient: Matrix
  private let pool: WorkerPool

  /// An interaction, its source, and what they hold for backward.
  private struct Layer {
    let interaction: CompressedInteraction
    let source: ObservedSource
    let generated: Matrix
    let outputGradient: Matrix
    let maps: Int
    /// The columns of the network's output that hold the layer's sums.
    let columns: Range<Int>
  }

  /// Makes the layers `cin.0`, `cin.1`, … and their sources `cin.0.encoder`, ….
  init(_ blueprint: Blueprint) {
    let dimension = blueprint.settings.embeddingDimension
    func matrix(_ fields: Int) -> Matrix {
      Matrix(rows: blueprint.batchCapacity, columns: fields * dimension)
    }
    var layers: [Layer] = []
    var (maps, width) = (blueprint.schema.count, 0)
    for (index, outputs) in blueprint.settings.cinHiddenUnits.enumerated() {
      let name = "cin.\(index)"
      layers.append(
        Layer(
          interaction: CompressedInteraction(blueprint, named: name, from: maps, to: outputs),
          source: ObservedSource(blueprint.source(named: "\(name).encoder")),
          generated: matrix(blueprint.schema.count), outputGradient: matrix(outputs),
          maps: outputs, columns: width..<width + outputs))
      maps = outputs
      width += outputs
    }
    precondition(!layers.isEmpty, "CompressedInteractionNetwork: no layers")
    self.layers = layers
    self.width = width
    embedding = matrix(blueprint.schema.count)
    embeddingGradient = matrix(blueprint.schema.count)
    sourceGradient = matrix(blueprint.schema.count)
    pool = blueprint.pool
  }

  /// Writes the sums of every layer's maps.
  func forward(_ embeddings: FieldTensor, _ pass: Pass, into output: MatrixView) {
    var state = tiles(embedding, embeddings)
    state.copy(from: embeddings, pool: pool)
    for layer in layers {
      let vectors = layer.source.forward(embeddings, pass)
      let source = tiles(layer.generated, vectors)
      source.copy(from: vectors, pool: pool)
      state = layer.interaction.forward(source: source, state: state)
      state.sumVectors(into: output.columns(layer.columns), pool: pool)
    }
  }

  /// Adds the embeddings' gradient: what every layer's source sends back, and what `X⁰` received.
  func backward(_ outputGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    let batch = outputGradient.rows
    let last = layers[layers.count - 1]
    last.outputGradient.view.rows(0..<batch).fill(0)
    for index in layers.indices.reversed() {
      let layer = layers[index]
      let gradient = FieldTiles(layer.outputGradient.view.rows(0..<batch), fields: layer.maps)
      gradient.add(toEachElement: outputGradient.columns(layer.columns), pool: pool)
      let source = tiles(sourceGradient, embeddingGradient)
      let state =
        index == 0
        ? tiles(self.embeddingGradient, embeddingGradient)
        : FieldTiles(
          layers[index - 1].outputGradient.view.rows(0..<batch), fields: layers[index - 1].maps)
      layer.interaction.backward(gradient, to: source, state)
      source.add(to: layer.source.outputGradient(within: embeddingGradient), pool: pool)
      layer.source.backward(addingTo: embeddingGradient)
    }
    tiles(self.embeddingGradient, embeddingGradient).add(to: embeddingGradient, pool: pool)
  }

  /// The layers' sources, and for the redundancy matrix the raw embedding against the first of them.
  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .encoder(let layer) where layers.indices.contains(layer):
      layers[layer].source.matrix(at: .encoder(0))
    case .encoder: nil
    default: layers[0].source.matrix(at: point)
    }
  }

  /// The columns of the output that hold a layer's sums; nil where there is no such layer.
  func columns(of layer: Int) -> Range<Int>? {
    layers.indices.contains(layer) ? layers[layer].columns : nil
  }

  private func tiles(_ matrix: Matrix, _ tensor: FieldTensor) -> FieldTiles {
    FieldTiles(matrix.view.rows(0..<tensor.batch), fields: tensor.fields)
  }
}
