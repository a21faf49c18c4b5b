import LinearAlgebra

/// A multi-layer perceptron on the embeddings: `logit += Linear(MLP(x))`; no interaction to generate.
final class DNN: Backbone {
  var parameters: [Parameter] { mlp.parameters }
  var statistics: [RunningStatistic] { mlp.statistics }
  private let mlp: MLP
  private let logitGradients: Matrix

  /// Reads rows of `inputs` elements; without a number, those of the embeddings.
  init(_ blueprint: Blueprint, inputs: Int? = nil) {
    mlp = MLP(
      blueprint, named: "dnn", from: inputs ?? blueprint.width, blueprint.settings.deep, outputs: 1)
    logitGradients = Matrix(rows: blueprint.batchCapacity, columns: 1)
  }

  func forward(_ embeddings: FieldTensor, _ pass: Pass, addingTo logits: MatrixView) {
    let deep = mlp.forward(embeddings.flattened, pass)
    VectorKernels.add(deep.base, to: logits.base, count: logits.rows)
  }

  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    let gradient = logitGradients.view.rows(0..<logitGradient.rows)
    gradient.copy(from: logitGradient)
    mlp.backward(gradient, addingTo: embeddingGradient.flattened)
  }

  func matrix(at point: ProbePoint) -> MatrixView? { nil }
}
