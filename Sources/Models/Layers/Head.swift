import LinearAlgebra

/// A perceptron that turns a row's last vector, of width D, into a logit.
///
/// Owns its input, `[batch, D]`, so that the parts of a concatenation are written where they are
/// read; in backward the gradient replaces it.
final class Head {
  private let mlp: LogitMLP
  private let input: Matrix

  /// Makes the head of a cross network: `Linear(D, 2D)`-ReLU-`Linear(2D, 1)`, or `Linear(D, 1)`.
  convenience init(_ context: LayerContext, inputs width: Int, _ kind: ModelSettings.Head) {
    let hiddenUnits =
      switch kind {
      case .mlp: [2 * width]
      case .linear: [Int]()
      }
    self.init(context, inputs: width, MLPSettings(hiddenUnits: hiddenUnits))
  }

  /// Makes the hidden layers `0`, `1`, … and `output` in the context's scope.
  init(_ context: LayerContext, inputs width: Int, _ settings: MLPSettings) {
    mlp = LogitMLP(context, inputs: width, settings)
    input = context.matrix(columns: width)
  }

  /// What the first layer read in the last forward.
  var lastInput: MatrixView? { mlp.lastInput }
  /// What the last layer read in the last forward.
  var lastHidden: MatrixView? { mlp.lastHidden }

  /// Where the input of a batch is written before `forward`; every element must be.
  func input(rows: Int) -> MatrixView { input.view.rows(0..<rows) }

  /// Adds the logit of each row of the input.
  func forward(_ pass: Pass, addingTo logits: MatrixView) {
    mlp.forward(.dense(input(rows: logits.rows)), pass, addingTo: logits)
  }

  /// The head's part of the logit as operations of a graph.
  func graph(_ input: GraphValue, _ graph: GraphBuilder) -> GraphValue { mlp.graph(input, graph) }

  /// The input's gradient, which replaces the input: its layer reads that for the last time before
  /// it writes there.
  func backward(_ logitGradient: MatrixView) -> MatrixView {
    let input = input(rows: logitGradient.rows)
    mlp.backward(logitGradient, to: .dense(input), overwriting: true)
    return input
  }
}
