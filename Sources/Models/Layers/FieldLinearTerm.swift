import LinearAlgebra
import Platform

/// The linear part of a model that reads embeddings: `logit += b + Σ_f ⟨w_f, v_f⟩`.
///
/// Shapes: the embeddings are `[batch, fields, dimension]`, `w` is `[fields, dimension]`, or `[1, dimension]` where all
/// fields share one vector; `b` is `[1]`. Keeps the embeddings' view for backward.
final class FieldLinearTerm {
  var parameters: [Parameter] { [weight, bias] }
  private let weight: Parameter
  private let bias: Parameter
  private let weightSums: ColumnSums
  private let pool: WorkerPool
  private var embeddings: FieldTensor?

  /// Makes a term of `vectors` vectors, one a field or one for all: `name.weight` Xavier-normal, `name.bias` zero.
  init(_ blueprint: Blueprint, named name: String, vectors: Int) {
    let dimension = blueprint.settings.embeddingDimension
    precondition(
      vectors == 1 || vectors == blueprint.schema.count,
      "FieldLinearTerm \(name): \(vectors) vectors for \(blueprint.schema.count) fields")
    weight = Parameter(
      name: "\(name).weight", shape: [vectors, dimension], regularization: .network,
      uses: blueprint.schema.count / vectors)
    blueprint.initializer.xavierNormal(weight)
    bias = Parameter(name: "\(name).bias", shape: [1], regularization: .network)
    pool = blueprint.pool
    weightSums = ColumnSums(
      rows: blueprint.batchCapacity, columns: vectors * dimension, pool: pool)
  }

  /// Adds the term to each row's logit.
  func forward(_ embeddings: FieldTensor, addingTo logits: MatrixView) {
    self.embeddings = embeddings
    let width = weight.count
    pool.tiles(of: embeddings.batch, size: 256) { rows in
      for row in rows {
        var sum = Double(bias.value.base[0])
        for start in stride(from: 0, to: embeddings.width, by: width) {
          sum += VectorKernels.dot(
            weight.value.base, embeddings.base + row * embeddings.width + start, count: width)
        }
        logits[row, 0] += Scalar(sum)
      }
    }
  }

  /// `∂w_f += Σ_batch g·v_f`, `∂b += Σ_batch g` and `∂v_f += g·w_f`; a shared vector sums over the fields too.
  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    guard let embeddings else { preconditionFailure("FieldLinearTerm: backward before forward") }
    let width = weight.count
    weightSums.compute(rows: embeddings.batch) { row, partial in
      let gradient = Double(logitGradient[row, 0])
      for start in stride(from: 0, to: embeddings.width, by: width) {
        let values = embeddings.base + row * embeddings.width + start
        for index in 0..<width { partial[index] += gradient * Double(values[index]) }
      }
    }
    for index in 0..<width { weight.gradient.base[index] += Scalar(weightSums.sums[index]) }
    var sum = 0.0
    for row in 0..<logitGradient.rows { sum += Double(logitGradient[row, 0]) }
    bias.gradient.base[0] += Scalar(sum)
    pool.tiles(of: embeddings.batch, size: 256) { rows in
      for row in rows {
        for start in stride(from: 0, to: embeddings.width, by: width) {
          ShortVectorKernels.add(
            weight.value.base, times: logitGradient[row, 0],
            to: embeddingGradient.base + row * embeddings.width + start, count: width)
        }
      }
    }
  }
}
