import LinearAlgebra

/// The factorisation machine beside a perceptron on the raw embeddings: `logit += FM(x) + Linear(MLP(x))`
/// (Guo et al., 2017; paper, section 1.3).
///
/// The generated side is FM's; the perceptron reads the raw embedding in both paradigms.
final class DeepFM: Backbone {
  var parameters: [Parameter] { fm.parameters + dnn.parameters }
  var statistics: [RunningStatistic] { fm.statistics + dnn.statistics }
  private let fm: FM
  private let dnn: DNN

  init(_ blueprint: Blueprint) {
    fm = FM(blueprint)
    dnn = DNN(blueprint)
  }

  func forward(_ embeddings: FieldTensor, _ pass: Pass, addingTo logits: MatrixView) {
    fm.forward(embeddings, pass, addingTo: logits)
    dnn.forward(embeddings, pass, addingTo: logits)
  }

  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    fm.backward(logitGradient, addingTo: embeddingGradient)
    dnn.backward(logitGradient, addingTo: embeddingGradient)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    fm.matrix(at: point) ?? dnn.matrix(at: point)
  }
}
