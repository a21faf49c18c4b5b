import LinearAlgebra

/// A multi-layer perceptron on the embeddings: `logit += Linear(MLP(x))`; no interaction to
/// generate.
final class DNN: Backbone {
  static let targets = [TargetKind.all]
  let operations = 0
  private let mlp: LogitPerceptron

  static func linearTerm(_: ModelSettings) -> LinearTermKind? { nil }
  static func operands(source: String) -> OperandNames? { nil }

  init(_ builder: ModelBuilder) {
    mlp = builder.perceptron(named: "dnn", inputs: builder.shape.width, builder.settings.deep)
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView) {
    mlp.forward(embeddings.input.flattened, pass, addingTo: logits)
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    mlp.graph(embeddings.flattened, graph)
  }

  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    mlp.backward(logitGradient, to: gradients.input.flattened, overwriting: false)
  }

  func matrix(at point: ProbePoint) -> MatrixView? { point == .final(0) ? mlp.lastHidden : nil }
}
