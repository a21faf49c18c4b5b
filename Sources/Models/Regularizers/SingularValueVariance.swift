import LinearAlgebra
import Platform

/// The spread of each field's singular values: `λ/N · Σ_f Var(S_f / mean S_f)` with the singular
/// values `S_f` of the batch's matrix `[batch, d]` of field f (Guo et al., ICML 2024, public code).
///
/// The variance is unbiased, the matrix uncentred. `S_f` are the roots of the eigenvalues of
/// `C = XᵀX = Q·Λ·Qᵀ`, which is summed in double; the gradient is `∂X = X·Q·diag((∂L/∂S)/S)·Qᵀ`,
/// with `∂L/∂S_k = 2·(u_k − 1 − (d − 1)·Var/d)/((d − 1)·mean S)`, `u = S/mean S`. A direction
/// without extent gets none.
final class SingularValueVariance: EmbeddingRegularizer {
  private(set) var penalty = 0.0
  private let weight: Double
  private let set: Int
  private let shape: FieldShape
  private let grams: ColumnSums
  /// `λ/N · Q·diag((∂L/∂S)/S)·Qᵀ`, field by field.
  private let factors: Matrix
  private let scratch: EigenScratch
  private let pool: WorkerPool

  /// Measures the embeddings of one set.
  init(_ context: LayerContext, _ shape: FieldShape, weight: Double, set: Int) {
    (self.weight, self.set, self.shape) = (weight, set, shape)
    grams = context.columnSums(columns: shape.width * shape.dimension)
    factors = Matrix(rows: shape.width, columns: shape.dimension)
    scratch = EigenScratch(shape.dimension)
    pool = context.pool
  }

  func measure(_ embeddings: (Int) -> FieldTensor) {
    let (x, d) = (embeddings(set), shape.dimension)
    FieldGrams.compute(grams, x, x)
    penalty = 0
    for field in 0..<shape.fields {
      penalty += weight / Double(shape.fields) * measure(grams.sums + field * d * d, field)
    }
  }

  /// The term of one field; leaves its factor.
  private func measure(_ gram: UnsafeMutablePointer<Double>, _ field: Int) -> Double {
    let d = shape.dimension
    let factor = factors.view.row(field * d)
    factor.update(repeating: 0, count: d * d)
    guard d > 1 else { return 0 }
    JacobiKernel.eigen(gram, values: scratch.values, vectors: scratch.vectors, count: d)
    let s = scratch.values
    for k in 0..<d { s[k] = max(s[k], 0).squareRoot() }
    let mean = (0..<d).reduce(0) { $0 + s[$1] } / Double(d)
    guard mean > 0 else { return 0 }
    let free = Double(d - 1)
    let variance =
      (0..<d).reduce(0) { $0 + (s[$1] / mean - 1) * (s[$1] / mean - 1) } / free
    for k in 0..<d where s[k] > 1e-12 * s[0] {
      let slope = 2 * (s[k] / mean - 1 - free * variance / Double(d)) / (free * mean)
      let scale = weight / Double(shape.fields) * slope / s[k]
      for row in 0..<d {
        for column in 0..<d {
          factor[row * d + column] += Scalar(
            scale * scratch.vectors[row * d + k] * scratch.vectors[column * d + k])
        }
      }
    }
    return variance
  }

  func addGradients(
    _ embeddings: (Int) -> FieldTensor, to gradients: (Int) -> FieldTensor
  ) {
    FieldGrams.addProduct(embeddings(set), factors, to: gradients(set), pool)
  }
}
