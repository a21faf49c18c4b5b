import LinearAlgebra

/// A perceptron whose last layer gives the logit: `logit += Linear(MLP(x))`, `x` of shape `[batch, inputs]`.
final class LogitMLP {
  var parameters: [Parameter] { mlp.parameters + output.parameters }
  var statistics: [RunningStatistic] { mlp.statistics }
  private let mlp: MLP
  private let output: LogitLayer

  /// Makes the hidden layers `name.0`, `name.1`, … and `name.output`.
  init(_ blueprint: Blueprint, named name: String, from inputs: Int, _ settings: MLPSettings) {
    mlp = MLP(blueprint, named: name, from: inputs, settings)
    output = LogitLayer(blueprint, named: "\(name).output", from: mlp.width)
  }

  /// What the first layer read in the last forward.
  var lastInput: MatrixView? { mlp.lastInput ?? output.input }
  /// What the last layer read in the last forward.
  var lastHidden: MatrixView? { output.input }

  /// Adds the logit of each row of the input.
  func forward(_ input: MatrixView, _ pass: Pass, addingTo logits: MatrixView) {
    output.forward(mlp.forward(input, pass), addingTo: logits)
  }

  /// Carries the gradient back for the batch of the last forward, added to, or in place of, the input's.
  func backward(
    _ logitGradient: MatrixView, to inputGradient: MatrixView, overwriting: Bool
  ) {
    mlp.backward(to: inputGradient, overwriting: overwriting) { gradient, overwriting, finish in
      output.backward(logitGradient, to: gradient, overwriting: overwriting, finish: finish)
    }
  }
}
