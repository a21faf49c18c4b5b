import LinearAlgebra
import Platform

/// ReLU as a layer: `output = scale · max(input, 0)`, in place.
///
/// Its derivative is `scale` where the output is not zero, so backward needs only the output: it must
/// still be as forward left it, except for elements that were multiplied by 0. The gradient replaces it.
final class Rectifier: RowLayer {
  let pool: WorkerPool
  private let scale: Scalar
  private var values: MatrixView?
  private var outputGradient: MatrixView?

  /// Makes the layer; `scale` is not zero.
  init(_ context: LayerContext, scale: Double = 1) {
    self.scale = Scalar(scale)
    pool = context.pool
  }

  func begin(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    self.values = values
    return values
  }

  func forward(rows: Range<Int>) {
    guard let values else { preconditionFailure("Rectifier: forward before begin") }
    // A local copy: a property could change with every element written, which prevents vectorisation.
    let scale = scale
    for row in rows {
      let x = values.row(row)
      for column in 0..<values.columns { x[column] = x[column] > 0 ? scale * x[column] : 0 }
    }
  }

  /// The input's gradient replaces the output.
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
