import LinearAlgebra
import Platform

/// RankMixer's mixing: `output = LayerNorm(X + mixed(G))`, where mixed token h has block h of every
/// token, `mixed(G)[h, t·s + j] = G[t, h·s + j]` with `s = width / tokens` (Zhu et al., 2025).
///
/// Shapes: `[batch, tokens · width]`; the normalisation is over a token. `G` is `X`, or what a
/// source generates from it: then every mixed block is generated and the residual raw. The
/// permutation is its own inverse, so its backward is the same.
final class PermutedTokenMixing: TokenMixing {
  var operations: Int { source.operations }
  /// What was mixed in the last forward.
  private(set) var generated: MatrixView?
  private let normalization: LayerNormalization
  private let source: Source
  private let output: Matrix
  private let inputGradient: Matrix
  private let tokens: Int
  private let dimension: Int
  private let pool: WorkerPool

  /// Creates `norm` in the context's scope; `tokens` divides the width of a token.
  init(_ context: LayerContext, _ settings: TokenSettings, source: Source) {
    (tokens, dimension) = (settings.tokens, settings.dimension)
    precondition(dimension % tokens == 0, "PermutedTokenMixing: \(tokens) tokens of \(dimension)")
    normalization = LayerNormalization(
      context.forVectors(tokens).scoped("norm"), width: dimension)
    self.source = source
    output = context.matrix(columns: settings.width)
    inputGradient = context.matrix(columns: settings.width)
    pool = context.pool
  }

  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    let input = FieldInput(FieldTensor(values, fields: tokens))
    let generated = source.forward(input, pass).flattened
    let output = output.view.rows(0..<values.rows)
    pool.tiles(of: values.rows, size: 64) { rows in
      output.rows(rows).copy(from: values.rows(rows))
      addMixed(generated, rows, to: output)
    }
    self.generated = generated
    _ = normalization.forward(vectors(output), pass)
    return output
  }

  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    let input = GraphVectors(flattened: values, fields: tokens, dimension: dimension)
    let blocks = graph.apply(
      .reshape(rowShape: [tokens, tokens, dimension / tokens]),
      to: [source.graph(input, graph).flattened])
    let mixed = graph.apply(
      .reshape(rowShape: [tokens * dimension]),
      to: [graph.apply(.transpose([0, 2, 1, 3]), to: [blocks])])
    let sum = graph.apply(
      .reshape(rowShape: [tokens, dimension]), to: [graph.add([values, mixed])])
    return graph.apply(
      .reshape(rowShape: [tokens * dimension]), to: [normalization.graph(sum, graph)])
  }

  /// The input's gradient, valid until the next call.
  func backward(_ gradient: MatrixView) -> MatrixView {
    _ = normalization.backward(vectors(gradient))
    let inputGradient = inputGradient.view.rows(0..<gradient.rows)
    pool.tiles(of: gradient.rows, size: 64) { rows in
      inputGradient.rows(rows).copy(from: gradient.rows(rows))
    }
    let place = FieldGradient(FieldTensor(inputGradient, fields: tokens))
    let sourceGradient = source.outputGradient(within: place).flattened
    pool.tiles(of: gradient.rows, size: 64) { addMixed(gradient, $0, to: sourceGradient) }
    source.backward(addingTo: place)
    return inputGradient
  }

  private func addMixed(_ values: MatrixView, _ rows: Range<Int>, to sum: MatrixView) {
    let size = dimension / tokens
    for row in rows {
      let (x, y) = (values.row(row), sum.row(row))
      for head in 0..<tokens {
        for token in 0..<tokens {
          ShortVectorKernels.add(
            x + token * dimension + head * size, to: y + head * dimension + token * size,
            count: size)
        }
      }
    }
  }

  private func vectors(_ matrix: MatrixView) -> MatrixView {
    MatrixView(
      base: matrix.base, rows: matrix.rows * tokens, columns: dimension, stride: dimension)
  }
}

/// RankElastor's mixing: `output = X + RMSNorm(X)·Wᵀ + b`, over all elements of a row's tokens
/// (RankElastor, KDD 2026: parameterised full mixing).
///
/// Shapes: `[batch, width]`, `W` is `[width, width]`, `b` is `[width]`.
final class FullTokenMixing: TokenMixing {
  let operations = 0
  let generated: MatrixView? = nil
  private let normalization: RMSNormalization
  private let linear: LinearLayer
  private let inputGradient: Matrix
  private let pool: WorkerPool

  /// Creates `norm`, `weight` and `bias` in the context's scope.
  init(_ context: LayerContext, width: Int) {
    normalization = RMSNormalization(context.scoped("norm"), width: width)
    linear = LinearLayer(context, inputs: width, outputs: width, bias: true)
    inputGradient = context.matrix(columns: width)
    pool = context.pool
  }

  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    let output = linear.output(rows: values.rows)
    return linear.forward(.dense(normalization.forward(values, pass))) { rows in
      output.rows(rows).add(values.rows(rows))
    }
  }

  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.add([values, linear.graph(normalization.graph(values, graph), graph)])
  }

  /// The input's gradient, valid until the next call: `∂X = ∂output` and what the norm passes on.
  func backward(_ gradient: MatrixView) -> MatrixView {
    let inputGradient = inputGradient.view.rows(0..<gradient.rows)
    linear.backward(gradient, to: .dense(inputGradient), overwriting: true)
    _ = normalization.backward(inputGradient)
    pool.tiles(of: gradient.rows, size: 64) { inputGradient.rows($0).add(gradient.rows($0)) }
    return inputGradient
  }
}
