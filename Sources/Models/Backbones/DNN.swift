import LinearAlgebra

/// A multi-layer perceptron on the embeddings: `logit += Linear(MLP(x))`; no interaction to generate.
final class DNN: Backbone {
  var parameters: [Parameter] { mlp.parameters }
  var statistics: [RunningStatistic] { mlp.statistics }
  private let mlp: LogitMLP

  init(_ blueprint: Blueprint) {
    mlp = LogitMLP(blueprint, named: "dnn", from: blueprint.width, blueprint.settings.deep)
  }

  func forward(_ embeddings: FieldTensor, _ pass: Pass, addingTo logits: MatrixView) {
    mlp.forward(embeddings.flattened, pass, addingTo: logits)
  }

  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    mlp.backward(logitGradient, to: embeddingGradient.flattened, overwriting: false)
  }

  func matrix(at point: ProbePoint) -> MatrixView? { point == .final(0) ? mlp.lastHidden : nil }
}
