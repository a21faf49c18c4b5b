import LinearAlgebra
import Platform

/// The layers that the sets of a model's embeddings share: `logit += Linear(MLP(H))`, `H = 1/M ·
/// Σ_m P_m(x_m)` with the first layer `P_m` of each set (Guo et al., ICML 2024).
///
/// Shapes: `P_m(x_m)` and `H` are `[batch, width]`. Sets come one after another, forward and
/// backward; the last one's forward gives the logit, the first one's backward the gradient of `H`,
/// which replaces it.
final class SharedPerceptron {
  private let sets: Int
  private let rest: LogitMLP
  private let mean: Matrix
  private let pool: WorkerPool
  private let scope: String
  /// What the sets of a graph have described so far.
  private var graphParts: [GraphValue] = []

  /// What the last layer read in the last forward.
  var lastHidden: MatrixView? { rest.lastHidden }

  /// Makes the hidden layers behind the first one, and `output`, in the context's scope.
  init(_ context: LayerContext, sets: Int, width: Int, _ settings: MLPSettings) {
    self.sets = sets
    var later = settings
    later.hiddenUnits = Array(settings.hiddenUnits.dropFirst())
    rest = LogitMLP(context, inputs: width, later, firstLayer: 1)
    mean = context.matrix(columns: width)
    (pool, scope) = (context.pool, context.scope)
  }

  /// Adds a set's vectors; with those of the last set, the logits.
  func forward(_ hidden: MatrixView, set: Int, _ pass: Pass, addingTo logits: MatrixView) {
    let (mean, scale) = (mean.view.rows(0..<hidden.rows), 1 / Scalar(sets))
    pool.tiles(of: hidden.rows, size: 64) { rows in
      for row in rows {
        let (sum, x) = (mean.row(row), hidden.row(row))
        if set == 0 {
          for column in 0..<hidden.columns { sum[column] = scale * x[column] }
        } else {
          for column in 0..<hidden.columns { sum[column] += scale * x[column] }
        }
      }
    }
    if set == sets - 1 { rest.forward(.dense(mean), pass, addingTo: logits) }
  }

  /// The logit at the last set, zero before it.
  func graph(_ hidden: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graphParts.append(hidden)
    guard graphParts.count == sets else {
      return graph.weight("\(scope).no_logit", Matrix(rows: 1, columns: 1), shape: [1])
    }
    defer { graphParts.removeAll() }
    return rest.graph(graph.scale(graph.add(graphParts), by: 1 / Scalar(sets)), graph)
  }

  /// The gradient of a set's vectors, the same for all sets.
  func backward(_ logitGradient: MatrixView, set: Int) -> MatrixView {
    let (gradient, scale) = (mean.view.rows(0..<logitGradient.rows), 1 / Scalar(sets))
    guard set == 0 else { return gradient }
    rest.backward(logitGradient, to: .dense(gradient), overwriting: true)
    pool.tiles(of: gradient.rows, size: 64) { rows in
      for row in rows {
        let g = gradient.row(row)
        for column in 0..<gradient.columns { g[column] *= scale }
      }
    }
    return gradient
  }
}

/// The first layer of one set of embeddings, in front of what all sets share.
final class SetPerceptron: LogitPerceptron {
  private let first: MLP
  private let shared: SharedPerceptron
  private let set: Int
  private(set) var lastInput: MatrixView?

  /// Makes the layer `0`, if there are hidden layers, in the context's scope.
  init(
    _ context: LayerContext, set: Int, inputs: Int, _ settings: MLPSettings,
    shared: (_ width: Int) -> SharedPerceptron
  ) {
    var one = settings
    one.hiddenUnits = Array(settings.hiddenUnits.prefix(1))
    first = MLP(context, inputs: inputs, one)
    self.shared = shared(first.width)
    self.set = set
  }

  var lastHidden: MatrixView? { shared.lastHidden }

  func forward(_ input: LayerInput, _ pass: Pass, addingTo logits: MatrixView) {
    lastInput = input.matrix
    shared.forward(first.forward(input, pass), set: set, pass, addingTo: logits)
  }

  func graph(_ input: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    shared.graph(first.graph(input, graph), graph)
  }

  func backward(_ logitGradient: MatrixView, to inputGradient: LayerGradient, overwriting: Bool) {
    first.backward(
      shared.backward(logitGradient, set: set), to: inputGradient, overwriting: overwriting)
  }
}
