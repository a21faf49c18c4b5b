import LinearAlgebra
import Platform

/// A fully connected layer with one output, the logit: `logit += x·w + b`.
///
/// Shapes: `x` is `[batch, width]`, `w` is `[1, width]` as PyTorch keeps it, `b` is `[1]`. Each row
/// of `x` is read once forward and once backward: a general product would pack it first. Keeps the
/// input's view for backward.
final class LogitLayer {
  /// What the last forward read.
  private(set) var input: MatrixView?
  private let weight: Parameter
  private let bias: Parameter
  /// Those of the weight's gradient, then the bias's.
  private let sums: ColumnSums
  private let pool: WorkerPool

  /// Creates `weight`, Xavier-normal, and `bias`, zero, in the context's scope.
  init(_ context: LayerContext, inputs width: Int) {
    weight = context.parameter("weight", shape: [1, width], .xavierNormal)
    bias = context.parameter("bias", shape: [1], .constant(0))
    sums = context.columnSums(columns: width + 1)
    pool = context.pool
  }

  func forward(_ input: MatrixView, addingTo logits: MatrixView) {
    self.input = input
    let constant = bias.value.base[0]
    pool.tiles(of: input.rows, size: 64) { rows in
      for row in rows {
        let product = VectorKernels.dot(input.row(row), weight.value.base, count: input.columns)
        logits[row, 0] += Scalar(product) + constant
      }
    }
  }

  /// The layer's part of the logit as an operation of a graph.
  func graph(_ input: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.apply(.linear, to: [input, graph.weight(weight), graph.weight(bias)])
  }

  /// `∂w += Σ_batch ∂logit · x`, `∂b += Σ_batch ∂logit`, and `∂logit · w` added to, or written to,
  /// `∂x`.
  ///
  /// `finish` gets each tile of the input's gradient while it is in the cache.
  func backward(
    _ logitGradient: MatrixView, to inputGradient: MatrixView, overwriting: Bool,
    finish: (Range<Int>) -> Void = { _ in }
  ) {
    guard let input else { preconditionFailure("LogitLayer: backward before forward") }
    let columns = input.columns
    sums.compute(rows: input.rows) { row, partial in
      let (x, gradient) = (input.row(row), Double(logitGradient[row, 0]))
      for column in 0..<columns { partial[column] += gradient * Double(x[column]) }
      partial[columns] += gradient
    }
    sums.addSums(of: 0..<columns, to: weight.gradient.base)
    sums.addSums(of: columns..<columns + 1, to: bias.gradient.base)
    let w = weight.value.base
    pool.tiles(of: input.rows, size: 64) { rows in
      for row in rows {
        let (target, gradient) = (inputGradient.row(row), logitGradient[row, 0])
        if overwriting {
          for column in 0..<columns { target[column] = gradient * w[column] }
        } else {
          for column in 0..<columns { target[column] += gradient * w[column] }
        }
      }
      finish(rows)
    }
  }
}
