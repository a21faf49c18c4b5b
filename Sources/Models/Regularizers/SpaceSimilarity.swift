import LinearAlgebra
import Platform

/// How similar the spaces of different sets of embeddings are:
/// `λ · mean_{m>m′, r} (mean_f σ_r(C_f))²` with the singular values, largest first, of
/// `C_f = E_f⁽ᵐ⁾ᵀ·E_f⁽ᵐ′⁾` over the batch (Guo et al., ICML 2024, public code).
///
/// With `CᵀC = V·S²·Vᵀ` and `g = ∂L/∂σ`: `∂C = C·V·diag(g/S)·Vᵀ`, `∂E⁽ᵐ⁾ = E⁽ᵐ′⁾·∂Cᵀ`,
/// `∂E⁽ᵐ′⁾ = E⁽ᵐ⁾·∂C`. A direction without extent gets none. The products over the batch are summed
/// in double.
final class SpaceSimilarity: EmbeddingRegularizer {
  private(set) var penalty = 0.0
  private let weight: Double
  private let shape: FieldShape
  private let pairs: [Pair]
  private let scratch: EigenScratch
  private let pool: WorkerPool

  /// Compares all pairs of sets.
  init(_ context: LayerContext, _ shape: FieldShape, weight: Double, sets: Int) {
    (self.weight, self.shape) = (weight, shape)
    pairs = (1..<sets).flatMap { m in
      (0..<m).map { Pair(context, shape, first: m, second: $0) }
    }
    scratch = EigenScratch(shape.dimension)
    pool = context.pool
  }

  /// Two sets, and the gradients of their products.
  private final class Pair {
    let first: Int
    let second: Int
    let products: ColumnSums
    /// The singular values and `V` of every field.
    let vectors: [EigenScratch]
    let means: UnsafeMutablePointer<Double>
    /// `∂C` and `∂Cᵀ` of every field.
    let gradient: Matrix
    let transposed: Matrix

    init(_ context: LayerContext, _ shape: FieldShape, first: Int, second: Int) {
      (self.first, self.second) = (first, second)
      products = context.columnSums(columns: shape.width * shape.dimension)
      vectors = (0..<shape.fields).map { _ in EigenScratch(shape.dimension) }
      means = ZeroedMemory.allocate(shape.dimension)
      gradient = Matrix(rows: shape.width, columns: shape.dimension)
      transposed = Matrix(rows: shape.width, columns: shape.dimension)
    }

    deinit { ZeroedMemory.free(means) }
  }

  func measure(_ embeddings: (Int) -> FieldTensor) {
    penalty = 0
    let terms = Double(pairs.count * shape.dimension)
    for pair in pairs {
      FieldGrams.compute(pair.products, embeddings(pair.first), embeddings(pair.second))
      findSpectra(of: pair)
      for rank in 0..<shape.dimension {
        penalty += weight * pair.means[rank] * pair.means[rank] / terms
      }
      for field in 0..<shape.fields { fillGradient(of: pair, field, terms) }
    }
  }

  /// The singular values of every field, and their means over the fields.
  private func findSpectra(of pair: Pair) {
    let d = shape.dimension
    pair.means.update(repeating: 0, count: d)
    for field in 0..<shape.fields {
      let (c, found) = (pair.products.sums + field * d * d, pair.vectors[field])
      for i in 0..<d {
        for j in 0..<d {
          found.matrix[i * d + j] = (0..<d).reduce(0) { $0 + c[$1 * d + i] * c[$1 * d + j] }
        }
      }
      JacobiKernel.eigen(
        found.matrix, values: found.values, vectors: found.vectors, count: d)
      for rank in 0..<d {
        found.values[rank] = max(found.values[rank], 0).squareRoot()
        pair.means[rank] += found.values[rank] / Double(shape.fields)
      }
    }
  }

  private func fillGradient(of pair: Pair, _ field: Int, _ terms: Double) {
    let (d, found) = (shape.dimension, pair.vectors[field])
    let (c, factor) = (pair.products.sums + field * d * d, scratch.matrix)
    factor.update(repeating: 0, count: d * d)
    for rank in 0..<d where found.values[rank] > 1e-9 * found.values[0] {
      let slope = 2 * weight * pair.means[rank] / (terms * Double(shape.fields))
      for i in 0..<d {
        for j in 0..<d {
          factor[i * d + j] +=
            slope / found.values[rank] * found.vectors[i * d + rank] * found.vectors[j * d + rank]
        }
      }
    }
    for i in 0..<d {
      for j in 0..<d {
        let value = (0..<d).reduce(0) { $0 + c[i * d + $1] * factor[$1 * d + j] }
        pair.gradient[field * d + i, j] = Scalar(value)
        pair.transposed[field * d + j, i] = Scalar(value)
      }
    }
  }

  func addGradients(
    _ embeddings: (Int) -> FieldTensor, to gradients: (Int) -> FieldTensor
  ) {
    for pair in pairs {
      FieldGrams.addProduct(
        embeddings(pair.second), pair.transposed, to: gradients(pair.first), pool)
      FieldGrams.addProduct(
        embeddings(pair.first), pair.gradient, to: gradients(pair.second), pool)
    }
  }
}
