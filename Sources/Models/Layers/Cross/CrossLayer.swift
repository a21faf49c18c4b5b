import LinearAlgebra
import Platform

/// One cross layer: `X′ = Drop(X + G ⊙ (X·Wᵀ + b))` (Wang et al., 2021; paper, section 1.3).
///
/// Shapes: the state `X`, the source `G` and the output are `[batch, width]`, `W` is `[width, width]`, `b` is `[width]`
/// or absent. Keeps the source and the product for backward.
final class CrossLayer {
  var parameters: [Parameter] { linear.parameters + source.parameters }
  var statistics: [RunningStatistic] { source.statistics }
  /// The source's vectors in the last forward.
  private(set) var generated: FieldTensor?
  /// `X·Wᵀ + b` of the last forward, until backward puts its gradient in its place.
  private(set) var product: MatrixView?
  private let linear: LinearLayer
  private let source: LayeredSource
  private let dropout: Dropout
  private let pool: WorkerPool

  /// Makes `name.weight`, and `name.bias` where the settings ask for one; the source is the caller's.
  init(_ blueprint: Blueprint, named name: String, source: LayeredSource) {
    linear = LinearLayer(
      blueprint, named: name, from: blueprint.width, to: blueprint.width,
      bias: blueprint.settings.crossBias)
    self.source = source
    dropout = Dropout(
      blueprint, named: "\(name).dropout", rate: blueprint.settings.crossDropout)
    pool = blueprint.pool
  }

  /// Writes the next state; the embedding is what the stack began with.
  func forward(
    _ state: FieldTensor, embedding: FieldTensor, _ pass: Pass, into output: MatrixView
  ) {
    let input = state.flattened
    precondition(
      output.rows == input.rows && output.columns == input.columns,
      "CrossLayer: \(input.rows)×\(input.columns) into \(output.rows)×\(output.columns)")
    let generated = source.forward(embedding: embedding, state: state, pass)
    let product = linear.output(rows: input.rows)
    let factor = generated.flattened
    _ = dropout.begin(output, pass)
    linear.forward(input) { rows in
      for row in rows {
        let (x, g, p, next) = (input.row(row), factor.row(row), product.row(row), output.row(row))
        for column in 0..<input.columns { next[column] = x[column] + g[column] * p[column] }
      }
      dropout.forward(rows: rows)
    }
    self.generated = generated
    self.product = product
  }

  /// The output's gradient `D`, behind dropout, becomes the state's: `∂X = D + (I ⊙ G)·W` and what the source adds.
  ///
  /// `I` is the gradient of `G ⊙ (X·Wᵀ + b)`: `D`, or what `interactionGradient` makes of it where the interaction has
  /// another reader. `∂G += I ⊙ (X·Wᵀ + b)` goes to the source.
  func backward(
    _ gradient: FieldTensor, addingTo embeddingGradient: FieldTensor,
    interactionGradient: (MatrixView) -> MatrixView
  ) {
    guard let generated, let product else {
      preconditionFailure("CrossLayer: backward before forward")
    }
    let delta = dropout.backward(gradient.flattened)
    let interaction = interactionGradient(delta)
    let factor = generated.flattened
    let factorGradient =
      source.outputGradient(embedding: embeddingGradient, state: gradient).flattened
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
    linear.backward(product, to: delta, overwriting: false)
    source.backward(addingTo: embeddingGradient, gradient)
  }
}
