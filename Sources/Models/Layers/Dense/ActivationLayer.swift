import LinearAlgebra
import Platform

/// An activation as a layer: `output = scale · σ(input)`.
///
/// Keeps the input for backward.
final class ActivationLayer: RowLayer {
  var parameters: [Parameter] { [] }
  var statistics: [RunningStatistic] { [] }
  let pool: WorkerPool
  private let activation: Activation
  private let scale: Scalar
  private let output: Matrix
  private var input: MatrixView?
  private var outputGradient: MatrixView?

  init(_ blueprint: Blueprint, _ activation: Activation, scale: Double = 1, width: Int) {
    self.activation = activation
    self.scale = Scalar(scale)
    output = Matrix(rows: blueprint.batchCapacity, columns: width)
    pool = blueprint.pool
  }

  func begin(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    input = values
    return output.view.rows(0..<values.rows)
  }

  func forward(rows: Range<Int>) {
    guard let input else { preconditionFailure("ActivationLayer: forward before begin") }
    for row in rows {
      activation.forward(
        input.row(row), scale: scale, into: output.view.row(row), count: input.columns)
    }
  }

  /// The input gives way to its gradient.
  func begin(gradient: MatrixView) -> MatrixView {
    guard let input else { preconditionFailure("ActivationLayer: backward before forward") }
    outputGradient = gradient
    return input
  }

  func backward(rows: Range<Int>) {
    guard let input, let outputGradient else {
      preconditionFailure("ActivationLayer: backward before begin")
    }
    for row in rows {
      activation.backward(
        replacing: input.row(row), scale: scale, outputGradient: outputGradient.row(row),
        count: input.columns)
    }
  }
}
