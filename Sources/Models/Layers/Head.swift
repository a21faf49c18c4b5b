import LinearAlgebra
import Platform

/// A perceptron that turns a row's last vector, of width D, into a logit.
///
/// Owns its input, `[batch, D]`, so that the parts of a concatenation are written where they are
/// read; in backward the gradient replaces it.
final class Head {
  private let perceptron: LogitPerceptron
  private let input: Matrix
  private let pool: WorkerPool

  /// Makes a head of a perceptron with so many inputs.
  init(_ context: LayerContext, inputs width: Int, _ perceptron: LogitPerceptron) {
    self.perceptron = perceptron
    input = context.matrix(columns: width)
    pool = context.pool
  }

  /// What the first layer read in the last forward.
  var lastInput: MatrixView? { perceptron.lastInput }
  /// What the last layer read in the last forward.
  var lastHidden: MatrixView? { perceptron.lastHidden }

  /// Where the input of a batch is written before `forward`; every element must be.
  func input(rows: Int) -> MatrixView { input.view.rows(0..<rows) }

  /// Adds the logit of each row of the input.
  func forward(_ pass: Pass, addingTo logits: MatrixView) {
    perceptron.forward(.dense(input(rows: logits.rows)), pass, addingTo: logits)
  }

  /// The same for an input that is elsewhere.
  func forward(_ values: MatrixView, _ pass: Pass, addingTo logits: MatrixView) {
    let input = input(rows: logits.rows)
    pool.tiles(of: input.rows, size: 64) { input.rows($0).copy(from: values.rows($0)) }
    forward(pass, addingTo: logits)
  }

  /// The head's part of the logit as operations of a graph.
  func graph(_ input: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    perceptron.graph(input, graph)
  }

  /// The input's gradient, which replaces the input: its layer reads that for the last time before
  /// it writes there.
  func backward(_ logitGradient: MatrixView) -> MatrixView {
    let input = input(rows: logitGradient.rows)
    perceptron.backward(logitGradient, to: .dense(input), overwriting: true)
    return input
  }
}

extension ModelSettings.Head {
  /// The hidden layers of the head of a vector of width D: `Linear(D, 2D)` and ReLU, or none.
  func layers(inputs width: Int) -> MLPSettings {
    switch self {
    case .mlp: MLPSettings(hiddenUnits: [2 * width])
    case .linear: MLPSettings()
    }
  }
}
