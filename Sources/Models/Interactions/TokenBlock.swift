import LinearAlgebra
import Platform

/// What mixes the tokens of a row: `[batch, tokens · width]` to the same shape.
protocol TokenMixing: DenseLayer {
  /// Floating-point operations of a row's products of vectors with one another, forward.
  var operations: Int { get }
  /// What a source generated in the last forward; nil where the mixing has none.
  var generated: MatrixView? { get }
}

/// One block of a token network: `Y = RMSNorm(mixing(X))`, `X′ = Y + layers(Y)`.
///
/// Shapes: `[batch, tokens · width]`; the normalisation is over a token, with one γ for all. The
/// residual carries the normalised `Y`, as in RankElastor's public code.
final class TokenBlock {
  var operations: Int { mixing.operations + layers.operations }
  /// What the block's source generated in the last forward.
  var generated: MatrixView? { mixing.generated ?? layers.generated }
  /// The block's output in the last forward.
  private(set) var lastOutput: MatrixView?
  private let mixing: TokenMixing
  private let layers: TokenLayers
  private let normalization: RMSNormalization
  private let output: Matrix
  private let pool: WorkerPool

  /// Creates `norm` in the context's scope, after the mixing and the layers.
  init(
    _ context: LayerContext, _ settings: TokenSettings, mixing: TokenMixing, layers: TokenLayers
  ) {
    self.mixing = mixing
    self.layers = layers
    normalization = RMSNormalization(
      context.scoped("norm"), vectors: settings.tokens, width: settings.dimension)
    output = context.matrix(columns: settings.width)
    pool = context.pool
  }

  func forward(_ tokens: MatrixView, _ pass: Pass) -> MatrixView {
    let mixed = normalization.forward(mixing.forward(tokens, pass), pass)
    let made = layers.forward(mixed, pass)
    let output = output.view.rows(0..<tokens.rows)
    pool.tiles(of: tokens.rows, size: 64) { rows in
      output.rows(rows).copy(from: mixed.rows(rows))
      output.rows(rows).add(made.rows(rows))
    }
    lastOutput = output
    return output
  }

  func graph(_ tokens: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    let mixed = normalization.graph(mixing.graph(tokens, graph), graph)
    return graph.add([mixed, layers.graph(mixed, graph)])
  }

  /// The input's gradient, valid until the next call; the output's stays as it is.
  func backward(_ gradient: MatrixView) -> MatrixView {
    let mixedGradient = layers.backward(gradient)
    pool.tiles(of: gradient.rows, size: 64) { mixedGradient.rows($0).add(gradient.rows($0)) }
    return mixing.backward(normalization.backward(mixedGradient))
  }
}
