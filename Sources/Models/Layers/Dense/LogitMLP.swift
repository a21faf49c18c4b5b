import LinearAlgebra

/// A perceptron whose last layer gives the logit: `logit += Linear(MLP(x))`, `x` of shape `[batch, inputs]`.
final class LogitMLP {
  var parameters: [Parameter] { mlp.parameters }
  var statistics: [RunningStatistic] { mlp.statistics }
  private let mlp: MLP
  private let logitGradients: Matrix

  /// Makes the hidden layers `name.0`, `name.1`, … and `name.output`.
  init(_ blueprint: Blueprint, named name: String, from inputs: Int, _ settings: MLPSettings) {
    mlp = MLP(blueprint, named: name, from: inputs, settings, outputs: 1)
    logitGradients = Matrix(rows: blueprint.batchCapacity, columns: 1)
  }

  /// What the first layer read in the last forward.
  var lastInput: MatrixView? { mlp.lastInput }
  /// What the last layer read in the last forward.
  var lastHidden: MatrixView? { mlp.lastHidden }

  /// Adds the logit of each row of the input.
  func forward(_ input: MatrixView, _ pass: Pass, addingTo logits: MatrixView) {
    logits.add(mlp.forward(input, pass))
  }

  /// Adds the input's gradient, for the batch of the last forward.
  func backward(_ logitGradient: MatrixView, addingTo inputGradient: MatrixView) {
    // The perceptron overwrites the gradient it is given, and other parts of the model read this one.
    let gradient = logitGradients.view.rows(0..<logitGradient.rows)
    gradient.copy(from: logitGradient)
    mlp.backward(gradient, addingTo: inputGradient)
  }
}
