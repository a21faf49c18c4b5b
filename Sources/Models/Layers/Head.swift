import LinearAlgebra

/// A perceptron that turns a row's last vector, of width D, into a logit.
///
/// Owns its input, `[batch, D]`, so that the parts of a concatenation are written where they are read; in backward the
/// gradient takes its place.
final class Head {
  var parameters: [Parameter] { mlp.parameters }
  var statistics: [RunningStatistic] { mlp.statistics }
  private let mlp: LogitMLP
  private let input: Matrix

  /// Makes the head of a cross network: `Linear(D, 2D)`-ReLU-`Linear(2D, 1)`, or `Linear(D, 1)`.
  convenience init(
    _ blueprint: Blueprint, named name: String, from width: Int, _ kind: ModelSettings.Head
  ) {
    var settings = MLPSettings()
    switch kind {
    case .mlp: settings.hiddenUnits = [2 * width]
    case .linear: settings.hiddenUnits = []
    }
    self.init(blueprint, named: name, from: width, settings)
  }

  /// Makes the hidden layers `name.0`, `name.1`, … and `name.output`.
  init(_ blueprint: Blueprint, named name: String, from width: Int, _ settings: MLPSettings) {
    mlp = LogitMLP(blueprint, named: name, from: width, settings)
    input = Matrix(rows: blueprint.batchCapacity, columns: width)
  }

  /// What the first layer read in the last forward.
  var lastInput: MatrixView? { mlp.lastInput }
  /// What the last layer read in the last forward.
  var lastHidden: MatrixView? { mlp.lastHidden }

  /// Where the input of a batch is written before `forward`; every element must be.
  func input(rows: Int) -> MatrixView { input.view.rows(0..<rows) }

  /// Adds the logit of each row of the input.
  func forward(_ pass: Pass, addingTo logits: MatrixView) {
    mlp.forward(input(rows: logits.rows), pass, addingTo: logits)
  }

  /// The input's gradient, where the input was: its layer reads it for the last time before it writes there.
  func backward(_ logitGradient: MatrixView) -> MatrixView {
    let input = input(rows: logitGradient.rows)
    mlp.backward(logitGradient, to: input, overwriting: true)
    return input
  }
}
