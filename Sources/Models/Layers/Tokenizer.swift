import LinearAlgebra
import Platform

/// Tokens from a row's embeddings: `X = Linear(MLP(RMSNorm(x)))`, `[batch, fields · dimension]` to
/// `[batch, tokens · width]`.
///
/// `shared` cuts the normalised row into as many chunks as there are tokens, which one perceptron
/// maps; `joint` maps the whole row; `none` keeps it. The hidden layers are those of RankElastor's
/// public code: Linear, RMSNorm if there are token norms, GELU, dropout.
final class Tokenizer {
  private let normalization: RMSNormalization
  private let maps: (mlp: MLP, output: LinearLayer)?
  private let chunks: Int
  private let width: Int
  private let gradient: Matrix
  private let pool: WorkerPool

  /// Creates `norm`, and `0`, `1`, …, `output` where there is a perceptron, in the context's scope.
  init(_ context: LayerContext, inputs: Int, _ settings: TokenSettings) {
    normalization = RMSNormalization(context.scoped("norm"), width: inputs)
    let count = settings.tokenizer == .shared ? settings.tokens : 1
    let rows = context.forVectors(count)
    width = settings.width
    switch settings.tokenizer {
    case .none: maps = nil
    case .shared, .joint:
      let mlp = MLP(rows, inputs: inputs / count, settings.tokenizerLayers)
      maps = (
        mlp,
        LinearLayer(
          rows.scoped("output"), inputs: mlp.width, outputs: settings.width / count, bias: true)
      )
    }
    chunks = count
    gradient = context.matrix(columns: inputs)
    pool = context.pool
  }

  /// The tokens of every row, valid until the next call.
  func forward(_ embeddings: MatrixView, _ pass: Pass) -> MatrixView {
    let normalized = normalization.forward(embeddings, pass)
    guard let maps else { return normalized }
    let hidden = maps.mlp.forward(.dense(cut(normalized)), pass)
    return joined(maps.output.forward(.dense(hidden)))
  }

  func graph(_ embeddings: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    let normalized = normalization.graph(embeddings, graph)
    guard let maps else { return normalized }
    let rows = graph.apply(.reshape(rowShape: [gradient.columns / chunks]), to: [normalized])
    let tokens = maps.output.graph(maps.mlp.graph(rows, graph), graph)
    return graph.apply(.reshape(rowShape: [width]), to: [tokens])
  }

  /// Adds the embeddings' gradient.
  func backward(_ tokenGradient: MatrixView, addingTo embeddingGradient: MatrixView) {
    var gradient = tokenGradient
    if let maps {
      gradient = self.gradient.view.rows(0..<tokenGradient.rows)
      let outputGradient = cut(tokenGradient)
      maps.mlp.backward(to: .dense(cut(gradient)), overwriting: true) {
        maps.output.backward(outputGradient, to: .dense($0), overwriting: $1, finish: $2)
      }
    }
    let inputGradient = normalization.backward(gradient)
    pool.tiles(of: inputGradient.rows, size: 64) { rows in
      embeddingGradient.rows(rows).add(inputGradient.rows(rows))
    }
  }

  /// A row's chunks one per row.
  private func cut(_ matrix: MatrixView) -> MatrixView {
    let width = matrix.columns / chunks
    return MatrixView(
      base: matrix.base, rows: matrix.rows * chunks, columns: width, stride: width)
  }

  private func joined(_ rows: MatrixView) -> MatrixView {
    MatrixView(base: rows.base, rows: rows.rows / chunks, columns: width, stride: width)
  }
}
