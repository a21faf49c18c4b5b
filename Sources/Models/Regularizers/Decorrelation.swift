import LinearAlgebra
import Platform

/// The correlations between the elements of a row's embeddings: `λ/D · Σ_{k≠l} R_{kl}²`,
/// `R = ZᵀZ/(B − 1)`, with the batch's z-scores `Z`, `[B, D]`, `D = fields · d` (the off-diagonal
/// term of Zbontar et al., 2021, on one view).
///
/// With `M = (4·λ/D)/(B − 1)·(offdiag(R) − diag(t))`, `t_l = Σ_{k≠l} R_{kl}²`: `∂x = (z·M)/s`,
/// column by column, where `s` are the columns' standard deviations; the second part is that of the
/// z-score. A column that does not vary has no correlation. Means and `R` are summed in double.
final class Decorrelation: EmbeddingRegularizer {
  private(set) var penalty = 0.0
  private let weight: Double
  private let set: Int
  private let width: Int
  private let share: BatchShare
  private let means: ColumnSums
  /// The upper triangle of the centred Gram matrix.
  private let products: ColumnSums
  private let centre: UnsafeMutablePointer<Double>
  private let scales: UnsafeMutablePointer<Double>
  private let factors: Matrix
  private let scores: Matrix
  private let matrixProducts: PooledProducts
  private let pool: WorkerPool

  /// Measures the embeddings of one set.
  init(_ context: LayerContext, _ shape: FieldShape, weight: Double, set: Int) {
    (self.weight, self.set, width) = (weight, set, shape.width)
    share = context.share
    means = context.columnSums(columns: width)
    products = context.columnSums(columns: width * (width + 1) / 2)
    centre = ZeroedMemory.allocate(width)
    scales = ZeroedMemory.allocate(width)
    factors = Matrix(rows: width, columns: width)
    scores = context.matrix(columns: width)
    matrixProducts = context.products
    matrixProducts.reserve(rows: context.batchCapacity, columns: width, inner: width)
    pool = context.pool
  }

  deinit { for memory in [centre, scales] { ZeroedMemory.free(memory) } }

  private func batchRows(_ x: FieldTensor) -> Double {
    Double(share.isShared ? share.batchRows : x.batch)
  }

  func measure(_ embeddings: (Int) -> FieldTensor) {
    let (x, width, count) = (embeddings(set), width, batchRows(embeddings(set)))
    penalty = 0
    means.compute(rows: x.batch) { row, partial in
      let values = x.base + row * width
      for k in 0..<width { partial[k] += Double(values[k]) }
    }
    for k in 0..<width { centre[k] = means.sums[k] / count }
    let centre = centre
    products.compute(rows: x.batch) { row, partial in
      let values = x.base + row * width
      var start = 0
      for k in 0..<width {
        let deviation = Double(values[k]) - centre[k]
        for l in k..<width {
          partial[start + l - k] += deviation * (Double(values[l]) - centre[l])
        }
        start += width - k
      }
    }
    guard count > 1 else { return factors.view.fill(0) }
    var start = 0
    for k in 0..<width {
      let variance = products.sums[start] / (count - 1)
      scales[k] = variance > 0 ? 1 / variance.squareRoot() : 0
      start += width - k
    }
    penalty = weight / Double(width) * fillFactors(count)
  }

  /// The sum of squared correlations; leaves `M`, its columns divided by the deviations.
  private func fillFactors(_ count: Double) -> Double {
    let factor = 4 * weight / Double(width) / (count - 1)
    let sums = means.sums
    sums.update(repeating: 0, count: width)
    var (start, total) = (0, 0.0)
    for k in 0..<width {
      for l in k + 1..<max(width, k + 1) {
        let r = products.sums[start + l - k] / (count - 1) * scales[k] * scales[l]
        total += 2 * r * r
        factors[k, l] = Scalar(factor * r)
        factors[l, k] = factors[k, l]
        sums[k] += r * r
        sums[l] += r * r
      }
      start += width - k
    }
    for k in 0..<width {
      factors[k, k] = Scalar(-factor * sums[k])
      for l in 0..<width { factors[l, k] *= Scalar(scales[k]) }
    }
    return total
  }

  func addGradients(
    _ embeddings: (Int) -> FieldTensor, to gradients: (Int) -> FieldTensor
  ) {
    let (x, gradient) = (embeddings(set).flattened, gradients(set).flattened)
    let scores = scores.view.rows(0..<x.rows)
    pool.tiles(of: x.rows, size: 64) { rows in
      for row in rows {
        let (values, z) = (x.row(row), scores.row(row))
        for k in 0..<width { z[k] = Scalar((Double(values[k]) - centre[k]) * scales[k]) }
      }
    }
    matrixProducts.multiply(scores, factors.view, into: gradient, overwriting: false)
  }
}
