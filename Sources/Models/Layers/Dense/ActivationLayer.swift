import LinearAlgebra
import Platform

/// An activation as a layer: `output = scale · σ(input)`.
///
/// Keeps the input for backward.
final class ActivationLayer: DenseLayer {
  var parameters: [Parameter] { [] }
  var statistics: [RunningStatistic] { [] }
  private let activation: Activation
  private let scale: Scalar
  private let output: Matrix
  private let pool: WorkerPool
  private var input: MatrixView?

  init(_ blueprint: Blueprint, _ activation: Activation, scale: Double = 1, width: Int) {
    self.activation = activation
    self.scale = Scalar(scale)
    output = Matrix(rows: blueprint.batchCapacity, columns: width)
    pool = blueprint.pool
  }

  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    input = values
    let output = output.view.rows(0..<values.rows)
    pool.tiles(of: values.rows, size: 64) { rows in
      activation.forward(
        values.row(rows.lowerBound), scale: scale, into: output.row(rows.lowerBound),
        count: rows.count * values.columns)
    }
    return output
  }

  /// The input gives way to its gradient.
  func backward(_ gradient: MatrixView) -> MatrixView {
    guard let input else { preconditionFailure("ActivationLayer: backward before forward") }
    pool.tiles(of: input.rows, size: 64) { rows in
      activation.backward(
        replacing: input.row(rows.lowerBound), scale: scale,
        outputGradient: gradient.row(rows.lowerBound), count: rows.count * input.columns)
    }
    return input
  }
}
