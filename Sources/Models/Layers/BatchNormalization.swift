import LinearAlgebra
import Platform

/// Batch normalisation: `output = w ⊙ (input − μ)/√(σ² + ε) + b` (Ioffe and Szegedy, 2015), in
/// place.
///
/// Training reads μ and the biased σ² of the batch, column by column, and moves the running ones by
/// 0.1 (the running variance is unbiased); evaluation reads these, and so does training on a batch
/// of one row, which has no variance. The batch is the whole one, of which other processes may hold
/// rows. ε = 1e-5: PyTorch's `BatchNorm1d`. Keeps the normalised input
/// for backward.
final class BatchNormalization: RowLayer {
  let pool: WorkerPool
  private static let epsilon = 1e-5
  private static let momentum = 0.1
  private let weight: Parameter
  private let bias: Parameter
  private let runningMean: RunningStatistic
  private let runningVariance: RunningStatistic
  private let normalized: Matrix
  /// Per column the batch's mean and `1/√(σ² + ε)`, and in backward the gradient's two means.
  private let columns: Matrix
  /// Two sums per column.
  private let sums: ColumnSums
  private let width: Int
  private let share: BatchShare
  /// The whole batch's first row.
  private let origin: UnsafeMutablePointer<Double>
  private var pass = Pass.evaluation
  private var values: MatrixView?

  /// Creates `weight`, `bias`, `running_mean` and `running_var` in the context's scope.
  init(_ context: LayerContext, width: Int) {
    self.width = width
    share = context.share
    origin = ZeroedMemory.allocate(width)
    weight = context.parameter("weight", shape: [width], .constant(1))
    bias = context.parameter("bias", shape: [width], .constant(0))
    runningMean = context.statistic("running_mean", count: width, initial: 0)
    runningVariance = context.statistic("running_var", count: width, initial: 1)
    normalized = context.matrix(columns: width)
    columns = Matrix(rows: 4, columns: width)
    pool = context.pool
    sums = context.columnSums(columns: 2 * width)
  }

  deinit { ZeroedMemory.free(origin) }

  /// Rows of the whole batch.
  private func batchRows(_ values: MatrixView) -> Int {
    share.isShared ? share.batchRows : values.rows
  }

  /// Determines the statistics that normalise the batch, whose rows must all be written.
  func begin(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    let pass = batchRows(values) > 1 ? pass : .evaluation
    self.pass = pass
    self.values = values
    let (means, scales) = (columns.view.row(0), columns.view.row(1))
    switch pass {
    case .training: measure(values, means, scales)
    case .evaluation:
      for column in 0..<width {
        means[column] = runningMean.value.base[column]
        let variance = Double(runningVariance.value.base[column])
        scales[column] = Scalar(1 / (variance + Self.epsilon).squareRoot())
      }
    }
    return values
  }

  func forward(rows: Range<Int>) {
    guard let values else { preconditionFailure("BatchNormalization: forward before begin") }
    let (w, b, width) = (weight.value.base, bias.value.base, width)
    let (means, scales) = (columns.view.row(0), columns.view.row(1))
    for row in rows {
      let (x, n) = (values.row(row), normalized.view.row(row))
      for column in 0..<width {
        n[column] = (x[column] - means[column]) * scales[column]
        x[column] = w[column] * n[column] + b[column]
      }
    }
  }

  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.apply(
      .batchNormalization(epsilon: Float(Self.epsilon)),
      to: [
        values, graph.weight(weight), graph.weight(bias), graph.weight(runningMean),
        graph.weight(runningVariance),
      ])
  }

  /// Sums what each column's gradient depends on; all rows must be written.
  func begin(gradient: MatrixView) -> MatrixView {
    values = gradient
    let (count, normalized) = (width, normalized.view)
    sums.compute(rows: gradient.rows) { row, partial in
      let (g, n, products) = (gradient.row(row), normalized.row(row), partial + count)
      for column in 0..<count {
        partial[column] += Double(g[column])
        products[column] += Double(g[column]) * Double(n[column])
      }
    }
    sums.addSums(of: 0..<width, to: bias.gradient.base)
    sums.addSums(of: width..<2 * width, to: weight.gradient.base)
    let weighting = pass == .evaluation ? 0 : 1 / Double(batchRows(gradient))
    let (means, slopes) = (columns.view.row(2), columns.view.row(3))
    for column in 0..<width {
      let (sum, product) = (sums.sums[column], sums.sums[width + column])
      means[column] = Scalar(sum * weighting)
      slopes[column] = Scalar(product * weighting)
    }
    return gradient
  }

  /// `∂input = w/√(σ² + ε) ⊙ (∂output − mean(∂output) − n ⊙ mean(∂output ⊙ n))` in training, where
  /// the batch's own mean and variance depend on the input; without the means in evaluation.
  func backward(rows: Range<Int>) {
    guard let values else { preconditionFailure("BatchNormalization: backward before begin") }
    let (w, scales, width) = (weight.value.base, columns.view.row(1), width)
    let (means, slopes) = (columns.view.row(2), columns.view.row(3))
    for row in rows {
      let (g, n) = (values.row(row), normalized.view.row(row))
      for column in 0..<width {
        g[column] =
          w[column] * scales[column] * (g[column] - means[column] - n[column] * slopes[column])
      }
    }
  }

  /// The batch's mean and biased variance, in one pass, and the next step of the running ones.
  ///
  /// Each column is summed as its distance from its first element, so that a mean far from zero
  /// costs the variance no digits.
  private func measure(
    _ values: MatrixView, _ means: UnsafeMutablePointer<Scalar>,
    _ scales: UnsafeMutablePointer<Scalar>
  ) {
    let (rows, count, origin) = (Double(batchRows(values)), width, origin)
    for column in 0..<width { origin[column] = values.rows > 0 ? Double(values[0, column]) : 0 }
    share.copyFromFirstRow(origin, count: width)
    sums.compute(rows: values.rows) { row, partial in
      let (x, squares) = (values.row(row), partial + count)
      for column in 0..<count {
        let distance = Double(x[column]) - origin[column]
        partial[column] += distance
        squares[column] += distance * distance
      }
    }
    for column in 0..<width {
      let distance = sums.sums[column] / rows
      let mean = origin[column] + distance
      let variance = max(0, sums.sums[width + column] / rows - distance * distance)
      means[column] = Scalar(mean)
      scales[column] = Scalar(1 / (variance + Self.epsilon).squareRoot())
      move(runningMean, column, towards: mean)
      move(runningVariance, column, towards: variance * rows / max(rows - 1, 1))
    }
  }

  private func move(_ statistic: RunningStatistic, _ column: Int, towards value: Double) {
    let old = Double(statistic.value.base[column])
    statistic.value.base[column] = Scalar(old + Self.momentum * (value - old))
  }
}
