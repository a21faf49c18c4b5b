import LinearAlgebra
import Platform

/// What turns a row's last vector, of width D, into a logit: `Linear(D, 2D)`-ReLU-`Linear(2D, 1)`, or `Linear(D, 1)`.
///
/// Owns its input, `[batch, D]`, so that the parts of a concatenation are written where they are read.
final class Head {
  var parameters: [Parameter] { mlp.parameters }
  private let mlp: MLP
  private let input: Matrix
  private let inputGradient: Matrix
  private let logitGradients: Matrix
  private let pool: WorkerPool

  /// Makes `name.output` and, for the perceptron, `name.0`.
  init(_ blueprint: Blueprint, named name: String, from width: Int, _ kind: ModelSettings.Head) {
    var settings = MLPSettings()
    switch kind {
    case .mlp: settings.hiddenUnits = [2 * width]
    case .linear: settings.hiddenUnits = []
    }
    mlp = MLP(blueprint, named: name, from: width, settings, outputs: 1)
    input = Matrix(rows: blueprint.batchCapacity, columns: width)
    inputGradient = Matrix(rows: blueprint.batchCapacity, columns: width)
    logitGradients = Matrix(rows: blueprint.batchCapacity, columns: 1)
    pool = blueprint.pool
  }

  /// Where the input of a batch is written before `forward`; every element must be.
  func input(rows: Int) -> MatrixView { input.view.rows(0..<rows) }

  /// Adds the logit of each row of the input.
  func forward(_ pass: Pass, addingTo logits: MatrixView) {
    let output = mlp.forward(input(rows: logits.rows), pass)
    VectorKernels.add(output.base, to: logits.base, count: logits.rows)
  }

  /// The input's gradient, valid until the next call.
  func backward(_ logitGradient: MatrixView) -> MatrixView {
    let gradient = logitGradients.view.rows(0..<logitGradient.rows)
    gradient.copy(from: logitGradient)
    let inputGradient = inputGradient.view.rows(0..<logitGradient.rows)
    pool.tiles(of: inputGradient.rows, size: 64) { inputGradient.rows($0).fill(0) }
    mlp.backward(gradient, addingTo: inputGradient)
    return inputGradient
  }
}
