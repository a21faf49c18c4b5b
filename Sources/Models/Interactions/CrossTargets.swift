import LinearAlgebra
import Platform

/// A cross network whose head sees the interactions of some fields instead of the last state:
/// `R = Σ_l (G_l ⊙ (X_l·W_lᵀ))[F_l]` (Yin et al., 2025: targets).
///
/// Shapes: `R` is `[batch, k·d]`: the k fields `F_l` that layer l predicts are side by side, summed
/// over the layers. The states follow one another as without targets; the last one is unused.
final class CrossTargets: CrossNetwork {
  let width: Int
  var operations: Int { stack.operations }
  private let stack: CrossStack
  private let choices: [DrawnFields]
  private let lastState: Matrix
  private let stateGradient: Matrix
  private let combined: Matrix
  private let dimension: Int
  private let pool: WorkerPool

  /// Predicts the fields that `choice` makes for each layer, with random numbers of the scopes
  /// `0.target`, ….
  init(
    _ context: LayerContext, _ stack: CrossStack, _ shape: FieldShape,
    choosing choice: (LayerContext) -> DrawnFields
  ) {
    self.stack = stack
    choices = stack.layers.indices.map { choice(context.scoped("\($0).target")) }
    dimension = shape.dimension
    width = choices[0].fields.count * dimension
    lastState = context.matrix(columns: shape.width)
    stateGradient = context.matrix(columns: shape.width)
    combined = context.matrix(columns: shape.width)
    pool = context.pool
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, into output: MatrixView) {
    stack.forward(embeddings, pass, into: lastState.view.rows(0..<embeddings.batch))
    for choice in choices { choice.choose(pass) }
    pool.tiles(of: output.rows, size: 64) { rows in
      output.rows(rows).fill(0)
      for (layer, choice) in zip(stack.layers, choices) {
        guard let source = layer.generated?.flattened, let product = layer.product else {
          preconditionFailure("CrossTargets: a layer without a product")
        }
        for (place, field) in choice.fields.enumerated() {
          let (to, from) = (place * dimension, field * dimension)
          for row in rows {
            let (r, g, p) = (output.row(row) + to, source.row(row) + from, product.row(row) + from)
            for k in 0..<dimension { r[k] += g[k] * p[k] }
          }
        }
      }
    }
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    var state = embeddings
    let parts = zip(stack.layers, choices).map { layer, choice in
      let (next, interaction) = layer.graph(state, embeddings, graph)
      state = next
      return interaction.selecting(choice.fieldsInEvaluation, graph).flattened
    }
    return graph.add(parts)
  }

  func backward(_ outputGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    let stateGradient = stateGradient.view.rows(0..<outputGradient.rows)
    pool.tiles(of: stateGradient.rows, size: 64) { stateGradient.rows($0).fill(0) }
    stack.backward(stateGradient, addingTo: gradients) { layer, gradient in
      interactionGradient(of: layer, outputGradient, beside: gradient)
    }
  }

  func matrix(at point: ProbePoint) -> MatrixView? { stack.matrix(at: point) }

  /// `∂(G ⊙ P)` of a layer: that of the next state, and at the layer's fields that of `R`.
  private func interactionGradient(
    of layer: Int, _ outputGradient: MatrixView, beside next: MatrixView
  ) -> MatrixView {
    let sum = combined.view.rows(0..<next.rows)
    pool.tiles(of: sum.rows, size: 64) { rows in
      sum.rows(rows).copy(from: next.rows(rows))
      for (place, field) in choices[layer].fields.enumerated() {
        sum.rows(rows).columns(field * dimension..<(field + 1) * dimension).add(
          outputGradient.rows(rows).columns(place * dimension..<(place + 1) * dimension))
      }
    }
    return sum
  }
}
