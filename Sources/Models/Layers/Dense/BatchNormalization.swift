import LinearAlgebra
import Platform

/// Batch normalisation: `output = w ⊙ (input − μ)/√(σ² + ε) + b` (Ioffe and Szegedy, 2015), in place.
///
/// Training reads μ and the biased σ² of the batch, column by column, and moves the running ones by 0.1 (the
/// running variance is unbiased); evaluation reads those. ε = 1e-5: PyTorch's `BatchNorm1d`. Keeps the normalised
/// input for backward.
final class BatchNormalization: DenseLayer {
  var parameters: [Parameter] { [weight, bias] }
  var statistics: [RunningStatistic] { [runningMean, runningVariance] }
  private static let epsilon = 1e-5
  private static let momentum = 0.1
  private let weight: Parameter
  private let bias: Parameter
  private let runningMean: RunningStatistic
  private let runningVariance: RunningStatistic
  private let normalized: Matrix
  private let scales: Matrix
  private let means: Matrix
  private let sums: ColumnSums
  private let products: ColumnSums
  private let pool: WorkerPool
  private let width: Int
  private var pass = Pass.evaluation

  init(_ blueprint: Blueprint, named name: String, width: Int) {
    self.width = width
    weight = Parameter(name: "\(name).weight", shape: [width], regularization: .network)
    weight.value.view.fill(1)
    bias = Parameter(name: "\(name).bias", shape: [width], regularization: .network)
    runningMean = RunningStatistic(name: "\(name).running_mean", count: width, initial: 0)
    runningVariance = RunningStatistic(name: "\(name).running_var", count: width, initial: 1)
    normalized = Matrix(rows: blueprint.batchCapacity, columns: width)
    scales = Matrix(rows: 1, columns: width)
    means = Matrix(rows: 1, columns: width)
    pool = blueprint.pool
    sums = ColumnSums(rows: blueprint.batchCapacity, columns: width, pool: pool)
    products = ColumnSums(rows: blueprint.batchCapacity, columns: width, pool: pool)
  }

  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    self.pass = pass
    switch pass {
    case .training: measure(values)
    case .evaluation:
      for column in 0..<width {
        means.base[column] = runningMean.value.base[column]
        let variance = Double(runningVariance.value.base[column])
        scales.base[column] = Scalar(1 / (variance + Self.epsilon).squareRoot())
      }
    }
    let (w, b) = (weight.value.base, bias.value.base)
    pool.tiles(of: values.rows, size: 64) { rows in
      for row in rows {
        let (x, n) = (values.row(row), normalized.view.row(row))
        for column in 0..<width {
          n[column] = (x[column] - means.base[column]) * scales.base[column]
          x[column] = w[column] * n[column] + b[column]
        }
      }
    }
    return values
  }

  /// `∂input = w/√(σ² + ε) ⊙ (∂output − mean(∂output) − n ⊙ mean(∂output ⊙ n))` in training, where the batch's
  /// own mean and variance move with the input; without the means in evaluation.
  func backward(_ gradient: MatrixView) -> MatrixView {
    sums.compute(rows: gradient.rows) { row, partial in
      let g = gradient.row(row)
      for column in 0..<width { partial[column] += Double(g[column]) }
    }
    products.compute(rows: gradient.rows) { row, partial in
      let (g, n) = (gradient.row(row), normalized.view.row(row))
      for column in 0..<width { partial[column] += Double(g[column]) * Double(n[column]) }
    }
    for column in 0..<width {
      bias.gradient.base[column] += Scalar(sums.sums[column])
      weight.gradient.base[column] += Scalar(products.sums[column])
    }
    let share = pass == .evaluation ? 0 : 1 / Double(gradient.rows)
    pool.tiles(of: gradient.rows, size: 64) { rows in
      for row in rows {
        let (g, n) = (gradient.row(row), normalized.view.row(row))
        for column in 0..<width {
          let mean = Scalar(sums.sums[column] * share)
          let slope = Scalar(products.sums[column] * share)
          g[column] =
            weight.value.base[column] * scales.base[column]
            * (g[column] - mean - n[column] * slope)
        }
      }
    }
    return gradient
  }

  /// The batch's mean and biased variance, in two passes over it, and the running ones' next step.
  private func measure(_ values: MatrixView) {
    let rows = Double(values.rows)
    sums.compute(rows: values.rows) { row, partial in
      let x = values.row(row)
      for column in 0..<width { partial[column] += Double(x[column]) }
    }
    products.compute(rows: values.rows) { row, partial in
      let x = values.row(row)
      for column in 0..<width {
        let difference = Double(x[column]) - sums.sums[column] / rows
        partial[column] += difference * difference
      }
    }
    for column in 0..<width {
      let mean = sums.sums[column] / rows
      let variance = products.sums[column] / rows
      means.base[column] = Scalar(mean)
      scales.base[column] = Scalar(1 / (variance + Self.epsilon).squareRoot())
      move(runningMean, column, towards: mean)
      move(runningVariance, column, towards: variance * rows / max(rows - 1, 1))
    }
  }

  private func move(_ statistic: RunningStatistic, _ column: Int, towards value: Double) {
    let old = Double(statistic.value.base[column])
    statistic.value.base[column] = Scalar(old + Self.momentum * (value - old))
  }
}
