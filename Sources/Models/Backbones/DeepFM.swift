import LinearAlgebra

/// The factorisation machine beside a perceptron on the raw embeddings: `logit += FM(x) +
/// Linear(MLP(x))` (Guo et al., 2017; Yin et al., 2025).
///
/// The generated side is FM's; the perceptron reads the raw embedding in both paradigms.
final class DeepFM: EmbeddingBackbone {
  var operations: Int { fm.operations }
  private let fm: FM
  private let dnn: DNN

  static func linearTerm(_ settings: ModelSettings) -> LinearTermKind? { FM.linearTerm(settings) }
  static let sourceFields = FM.sourceFields

  init(_ builder: ModelBuilder) {
    fm = FM(builder)
    dnn = DNN(builder)
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView) {
    fm.forward(embeddings, pass, addingTo: logits)
    dnn.forward(embeddings, pass, addingTo: logits)
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    graph.add([fm.graph(embeddings, graph), dnn.graph(embeddings, graph)])
  }

  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    fm.backward(logitGradient, addingTo: gradients)
    dnn.backward(logitGradient, addingTo: gradients)
  }

  func matrix(at point: ProbePoint) -> MatrixView? { fm.matrix(at: point) ?? dnn.matrix(at: point) }
}
