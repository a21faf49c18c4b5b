import LinearAlgebra
import Platform

/// ReLU as a layer: `output = scale · max(input, 0)`, in place.
///
/// Its derivative is `scale` where the output is not zero, so backward needs only the output: it
/// must still be as forward left it, except for elements that were multiplied by 0. The gradient
/// replaces it.
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
    // A local copy: a property could change with every element written, which prevents
    // vectorisation.
    let scale = scale
    for row in rows {
      let x = values.row(row)
      for column in 0..<values.columns { x[column] = x[column] > 0 ? scale * x[column] : 0 }
    }
  }

  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.scale(graph.apply(.relu, to: [values]), by: scale)
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

/// A rectifier whose slope below zero is trained: `output = scale · (z > 0 ? z : a·z)` (He et al.,
/// 2015).
///
/// Shapes: `[batch, width]`; one slope `a` for all elements, of shape `[1]`, initially 0.25:
/// PyTorch's `PReLU()`. Keeps the input for backward.
final class ParametricRectifier: DenseLayer {
  private let slope: Parameter
  private let scale: Scalar
  private let output: Matrix
  private let slopeSums: ColumnSums
  private let pool: WorkerPool
  private var input: MatrixView?

  /// Creates `weight` in the context's scope.
  init(_ context: LayerContext, scale: Double, width: Int) {
    slope = context.parameter("weight", shape: [1], .constant(0.25))
    self.scale = Scalar(scale)
    output = context.matrix(columns: width)
    pool = context.pool
    slopeSums = context.columnSums(columns: 1)
  }

  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    input = values
    let output = output.view.rows(0..<values.rows)
    let below = scale * slope.value.base[0]
    pool.tiles(of: values.rows, size: 64) { rows in
      let (z, y) = (values.row(rows.lowerBound), output.row(rows.lowerBound))
      for index in 0..<rows.count * values.columns {
        y[index] = (z[index] > 0 ? scale : below) * z[index]
      }
    }
    return output
  }

  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.scale(graph.apply(.parametricRelu, to: [values, graph.weight(slope)]), by: scale)
  }

  /// `∂a += Σ scale·∂output·min(z, 0)`; then the input's gradient replaces the input.
  func backward(_ gradient: MatrixView) -> MatrixView {
    guard let input else { preconditionFailure("ParametricRectifier: backward before forward") }
    slopeSums.compute(rows: gradient.rows) { row, partial in
      let (g, z) = (gradient.row(row), input.row(row))
      for column in 0..<input.columns where z[column] < 0 {
        partial[0] += Double(g[column]) * Double(z[column])
      }
    }
    slopeSums.addSums(of: 0..<1, times: Double(scale), to: slope.gradient.base)
    let below = scale * slope.value.base[0]
    pool.tiles(of: input.rows, size: 64) { rows in
      let (g, z) = (gradient.row(rows.lowerBound), input.row(rows.lowerBound))
      for index in 0..<rows.count * input.columns {
        z[index] = (z[index] > 0 ? scale : below) * g[index]
      }
    }
    return input
  }
}
