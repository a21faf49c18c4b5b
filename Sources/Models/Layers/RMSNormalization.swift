import LinearAlgebra
import Platform

/// Root-mean-square normalisation: `output = γ ⊙ x/√(mean(x²) + ε)`, vector by vector (Zhang and
/// Sennrich, 2019).
///
/// Shapes: `[batch, vectors · width]`; each vector has its own mean; γ is `[width]`, the same for
/// all vectors of a row, or `[vectors · width]`. ε = 1e-12. The output has memory of its own;
/// backward reads the input again, and the input's gradient replaces the output's.
final class RMSNormalization: DenseLayer {
  private static let epsilon: Scalar = 1e-12
  private let weight: Parameter
  private let output: Matrix
  private let scales: Matrix
  private let sums: ColumnSums
  private let vectors: Int
  private let width: Int
  private let sharesWeight: Bool
  private let pool: WorkerPool
  private var input: MatrixView?

  /// Creates `weight`, ones, in the context's scope.
  init(_ context: LayerContext, vectors: Int = 1, width: Int, sharingWeight: Bool = true) {
    (self.vectors, self.width, sharesWeight) = (vectors, width, sharingWeight)
    weight = context.parameter(
      "weight", shape: [sharingWeight ? width : vectors * width], .constant(1))
    output = context.matrix(columns: vectors * width)
    scales = context.matrix(columns: vectors)
    sums = context.columnSums(columns: vectors * width)
    pool = context.pool
  }

  /// The place of a vector's γ.
  @inline(__always)
  private func start(_ vector: Int) -> Int { sharesWeight ? 0 : vector * width }

  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    input = values
    let (output, gamma, width) = (output.view.rows(0..<values.rows), weight.value.base, width)
    pool.tiles(of: values.rows, size: 64) { rows in
      for row in rows {
        for vector in 0..<vectors {
          let (x, y) = (values.row(row) + vector * width, output.row(row) + vector * width)
          let (w, squares) = (gamma + start(vector), VectorKernels.sumOfSquares(x, count: width))
          let scale = 1 / (Scalar(squares) / Scalar(width) + Self.epsilon).squareRoot()
          scales[row, vector] = scale
          for k in 0..<width { y[k] = w[k] * x[k] * scale }
        }
      }
    }
    return output
  }

  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    let x = graph.apply(.reshape(rowShape: [vectors, width]), to: [values])
    let means = graph.scale(
      graph.apply(.sum(axis: 2), to: [graph.apply(.multiply, to: [x, x])]), by: 1 / Scalar(width))
    let scale = graph.apply(.insertAxis(2), to: [graph.inverseRoot(means, epsilon: Self.epsilon)])
    let normalized = graph.apply(.multiply, to: [x, scale])
    let gamma = graph.weight(weight)
    let weights =
      sharesWeight ? gamma : graph.apply(.reshape(rowShape: [width]), to: [gamma])
    return graph.apply(
      .reshape(rowShape: [vectors * width]),
      to: [graph.apply(.multiply, to: [normalized, weights])])
  }

  /// `∂x = r·q − x·r³·mean(q ⊙ x)` with `q = γ ⊙ ∂output` and `r = 1/√(mean(x²) + ε)`;
  /// `∂γ += ∂output ⊙ x·r`.
  func backward(_ gradient: MatrixView) -> MatrixView {
    guard let input else { preconditionFailure("RMSNormalization: backward before forward") }
    let (width, scales) = (width, scales.view)
    sums.compute(rows: gradient.rows) { row, partial in
      for vector in 0..<vectors {
        let (first, scale) = (vector * width, Double(scales[row, vector]))
        let (g, x) = (gradient.row(row) + first, input.row(row) + first)
        for k in 0..<width { partial[first + k] += Double(g[k]) * Double(x[k]) * scale }
      }
    }
    addSums()
    let gamma = weight.value.base
    pool.tiles(of: gradient.rows, size: 64) { rows in
      for row in rows {
        for vector in 0..<vectors {
          let (first, scale) = (vector * width, scales[row, vector])
          let (g, x) = (gradient.row(row) + first, input.row(row) + first)
          let w = gamma + start(vector)
          for k in 0..<width { g[k] *= w[k] }
          let mean = Scalar(VectorKernels.dot(g, x, count: width)) / Scalar(width)
          let slope = mean * scale * scale * scale
          for k in 0..<width { g[k] = scale * g[k] - x[k] * slope }
        }
      }
    }
    return gradient
  }

  private func addSums() {
    guard sharesWeight else {
      return sums.addSums(of: 0..<vectors * width, to: weight.gradient.base)
    }
    for vector in 1..<max(vectors, 1) {
      for k in 0..<width { sums.sums[k] += sums.sums[vector * width + k] }
    }
    sums.addSums(of: 0..<width, to: weight.gradient.base)
  }
}
