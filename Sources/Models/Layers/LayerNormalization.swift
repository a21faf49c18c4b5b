import LinearAlgebra
import Platform

/// Layer normalisation: `output = w ⊙ (input − μ)/√(σ² + ε) + b`, row by row, in place (Ba et al.,
/// 2016).
///
/// μ and the biased σ² are a row's own, in training and evaluation; ε = 1e-5: PyTorch's
/// `LayerNorm`. Keeps the normalised input for backward.
final class LayerNormalization: DenseLayer {
  private static let epsilon: Scalar = 1e-5
  private let weight: Parameter
  private let bias: Parameter
  private let normalized: Matrix
  private let scales: Matrix
  private let sums: ColumnSums
  private let pool: WorkerPool

  /// Creates `weight`, ones, and `bias`, zeros, in the context's scope.
  init(_ context: LayerContext, width: Int) {
    weight = context.parameter("weight", shape: [width], .constant(1))
    bias = context.parameter("bias", shape: [width], .constant(0))
    normalized = context.matrix(columns: width)
    scales = context.matrix(columns: 1)
    pool = context.pool
    sums = context.columnSums(columns: width)
  }

  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    let (w, b, width) = (weight.value.base, bias.value.base, values.columns)
    pool.tiles(of: values.rows, size: 256) { rows in
      for row in rows {
        let (x, n) = (values.row(row), normalized.view.row(row))
        var mean: Scalar = 0
        for column in 0..<width { mean += x[column] }
        mean /= Scalar(width)
        var variance: Scalar = 0
        for column in 0..<width { variance += (x[column] - mean) * (x[column] - mean) }
        let scale = 1 / (variance / Scalar(width) + Self.epsilon).squareRoot()
        scales.base[row] = scale
        for column in 0..<width {
          n[column] = (x[column] - mean) * scale
          x[column] = w[column] * n[column] + b[column]
        }
      }
    }
    return values
  }

  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.apply(
      .layerNormalization(epsilon: Float(Self.epsilon)),
      to: [values, graph.weight(weight), graph.weight(bias)])
  }

  /// `∂input = (h − mean(h) − n·mean(h ⊙ n))/√(σ² + ε)` with `h = w ⊙ ∂output`, the means over a
  /// row.
  func backward(_ gradient: MatrixView) -> MatrixView {
    sums.add(gradient, to: bias.gradient.base)
    sums.compute(rows: gradient.rows) { row, partial in
      let (g, n) = (gradient.row(row), normalized.view.row(row))
      for column in 0..<gradient.columns {
        partial[column] += Double(g[column]) * Double(n[column])
      }
    }
    let (w, width) = (weight.value.base, gradient.columns)
    sums.addSums(of: 0..<width, to: weight.gradient.base)
    pool.tiles(of: gradient.rows, size: 256) { rows in
      for row in rows {
        let (g, n) = (gradient.row(row), normalized.view.row(row))
        var (mean, slope): (Scalar, Scalar) = (0, 0)
        for column in 0..<width {
          g[column] *= w[column]
          mean += g[column]
          slope += g[column] * n[column]
        }
        mean /= Scalar(width)
        slope /= Scalar(width)
        for column in 0..<width {
          g[column] = scales.base[row] * (g[column] - mean - n[column] * slope)
        }
      }
    }
    return gradient
  }
}
