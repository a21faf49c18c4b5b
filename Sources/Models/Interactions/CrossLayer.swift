import LinearAlgebra
import Platform

/// One cross layer: `X′ = Drop(X + G ⊙ (X·Wᵀ + b))` (Wang et al., 2021; Yin et al., 2025).
///
/// Shapes: the state `X`, the source `G` and the output are `[batch, width]`, `W` is `[width,
/// width]`, `b` is `[width]` or absent. Keeps the source and the product for backward.
final class CrossLayer {
  var operations: Int { 2 * width + source.operations }
  /// The source's vectors in the last forward.
  private(set) var generated: FieldTensor?
  /// `X·Wᵀ + b` of the last forward, until backward replaces it by its gradient.
  private(set) var product: MatrixView?
  private let linear: LinearLayer
  private let source: LayeredSource
  private let dropout: Dropout
  private let width: Int
  private let pool: WorkerPool

  /// What all cross layers of a stack have in common.
  struct Settings {
    /// Elements of a state.
    let width: Int
    /// Whether the product has a bias.
    let bias: Bool
    /// The share of the output that training drops.
    let dropout: Double
  }

  /// Creates `weight`, and `bias` where the settings require one, in the context's scope, then the
  /// source.
  init(_ context: LayerContext, _ settings: Settings, source: () -> LayeredSource) {
    width = settings.width
    linear = LinearLayer(context, inputs: width, outputs: width, bias: settings.bias)
    self.source = source()
    dropout = Dropout(context.scoped("dropout"), rate: settings.dropout)
    pool = context.pool
  }

  /// Writes the next state; the embeddings are what the stack began with.
  func forward(
    _ state: FieldInput, _ embeddings: Embeddings, _ pass: Pass, into output: MatrixView
  ) {
    let input = state.tensor.flattened
    precondition(
      output.rows == input.rows && output.columns == input.columns,
      "CrossLayer: \(input.rows)×\(input.columns) into \(output.rows)×\(output.columns)")
    let generated = source.forward(embeddings, state: state, pass)
    let product = linear.output(rows: input.rows)
    let factor = generated.flattened
    _ = dropout.begin(output, pass)
    linear.forward(state.flattened) { rows in
      for row in rows {
        let (x, g, p, next) = (input.row(row), factor.row(row), product.row(row), output.row(row))
        for column in 0..<input.columns { next[column] = x[column] + g[column] * p[column] }
      }
      dropout.forward(rows: rows)
    }
    self.generated = generated
    self.product = product
  }

  /// The next state and the interaction `G ⊙ (X·Wᵀ + b)` as operations of a graph.
  func graph(
    _ state: GraphVectors, _ embeddings: GraphVectors, _ graph: GraphBuilder
  ) -> (next: GraphVectors, interaction: GraphVectors) {
    let generated = source.graph(embeddings, state: state, graph).flattened
    let product = linear.graph(state.flattened, graph)
    let interaction = graph.apply(.multiply, to: [generated, product])
    return (
      state.with(graph.add([state.flattened, interaction])), state.with(interaction)
    )
  }

  /// The output's gradient `D`, before dropout, becomes the state's: `∂X = D + (I ⊙ G)·W` and what
  /// the source adds.
  ///
  /// `I` is the gradient of `G ⊙ (X·Wᵀ + b)`: `D`, or what `interactionGradient` makes of it where
  /// something else reads the interaction too. `∂G += I ⊙ (X·Wᵀ + b)` goes to the source.
  func backward(
    _ gradient: FieldGradient, addingTo embeddingGradients: EmbeddingGradients,
    interactionGradient: (MatrixView) -> MatrixView
  ) {
    guard let generated, let product else {
      preconditionFailure("CrossLayer: backward before forward")
    }
    let delta = dropout.backward(gradient.tensor.flattened)
    let interaction = interactionGradient(delta)
    let factor = generated.flattened
    let factorGradient = source.outputGradient(embeddingGradients, state: gradient).flattened
    pool.tiles(of: delta.rows, size: 64) { rows in
      for row in rows {
        let (d, g, p) = (interaction.row(row), factor.row(row), product.row(row))
        let sum = factorGradient.row(row)
        for column in 0..<delta.columns {
          sum[column] += d[column] * p[column]
          p[column] = d[column] * g[column]
        }
      }
    }
    linear.backward(product, to: gradient.flattened, overwriting: false)
    source.backward(addingTo: embeddingGradients, state: gradient)
  }
}
