import ClickData
import LinearAlgebra
import Platform

/// A weight a feature value, and a bias: `logit += b + Σ_f value_f · w_f[id_f]` (paper, section 1.3: "LR"; LW in
/// Pan et al., 2018, section 4.2).
///
/// Shapes: `w_f` is `[rows_f, 1]`, `b` is `[1]`, the logits are `[batch, 1]`.
final class FirstOrderTerm: LinearTerm {
  /// The weights of every field, then the bias.
  var parameters: [Parameter] { weights.parameters + [bias] }
  private let weights: EmbeddingLayer
  private let bias: Parameter
  private let terms: Matrix
  private let termGradients: Matrix
  private let pool: WorkerPool

  /// Makes weights from N(0, 1e-4²) and a zero bias.
  init(_ blueprint: Blueprint, named name: String) {
    weights = EmbeddingLayer(blueprint, named: name, dimension: 1)
    bias = Parameter(name: "\(name).bias", shape: [1], regularization: .network)
    terms = Matrix(rows: blueprint.batchCapacity, columns: blueprint.schema.count)
    termGradients = Matrix(rows: blueprint.batchCapacity, columns: blueprint.schema.count)
    pool = blueprint.pool
  }

  func forward(_ batch: EncodedBatch, _: FieldTensor?, addingTo logits: MatrixView) {
    let terms = terms.view.rows(0..<batch.rows)
    weights.forward(batch, into: FieldTensor(terms, fields: terms.columns))
    for row in 0..<batch.rows {
      var sum = bias.value.base[0]
      for field in 0..<terms.columns { sum += terms[row, field] }
      logits[row, 0] += sum
    }
  }

  /// Hands each row's gradient to the weights it used and to the bias.
  func backward(_ batch: EncodedBatch, _ logitGradient: MatrixView, addingTo _: FieldTensor?) {
    let gradients = termGradients.view.rows(0..<batch.rows)
    var sum = 0.0
    for row in 0..<batch.rows {
      gradients.row(row).update(repeating: logitGradient[row, 0], count: gradients.columns)
      sum += Double(logitGradient[row, 0])
    }
    bias.gradient.base[0] += Scalar(sum)
    weights.backward(batch, FieldTensor(gradients, fields: gradients.columns))
  }
}
