import LinearAlgebra
import Platform

/// ReLU as a layer: `output = scale · max(input, 0)`, in place.
///
/// Its derivative is `scale` where the output is not zero, so the output is all that backward needs: it must reach
/// backward as forward left it, but for elements that were multiplied by 0. There the gradient takes its place.
final class Rectifier: RowLayer {
  var parameters: [Parameter] { [] }
  var statistics: [RunningStatistic] { [] }
  let pool: WorkerPool
  private let scale: Scalar
  private var values: MatrixView?
  private var outputGradient: MatrixView?

  /// Makes the layer; `scale` is not zero.
  init(_ blueprint: Blueprint, scale: Double = 1) {
    self.scale = Scalar(scale)
    pool = blueprint.pool
  }

  func begin(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    self.values = values
    return values
  }

  func forward(rows: Range<Int>) {
    guard let values else { preconditionFailure("Rectifier: forward before begin") }
    // A copy, or it could change with every element written and no two could be written at once.
    let scale = scale
    for row in rows {
      let x = values.row(row)
      for column in 0..<values.columns { x[column] = x[column] > 0 ? scale * x[column] : 0 }
    }
  }

  /// The output gives way to the input's gradient.
  func begin(gradient: MatrixView) -> MatrixView {
    guard let values else { preconditionFailure("Rectifier: backward before forward") }
    outputGradient = gradient
    return values
  }

  func backward(rows: Range<Int>) {
    guard let values, let outputGradient else {
      preconditionFailure("Rectifier: backward before begin")
    }
    let scale = scale
    for row in rows {
      let (x, g) = (values.row(row), outputGradient.row(row))
      for column in 0..<values.columns { x[column] = x[column] != 0 ? scale * g[column] : 0 }
    }
  }
}
