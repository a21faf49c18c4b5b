import LinearAlgebra

/// xDeepFM: `logit += Linear(CIN(x)) + Linear(MLP(x))` beside the first-order term (Lian et al., 2018; paper, section 1.3).
///
/// The generated side is the one of `x` in every compressed interaction layer, with one source a layer, each fed the
/// raw embedding; the perceptron reads the raw embedding in both paradigms.
final class XDeepFM: Backbone {
  var parameters: [Parameter] { cin.parameters + output.parameters + dnn.parameters }
  var statistics: [RunningStatistic] { cin.statistics + dnn.statistics }
  private let cin: CompressedInteractionNetwork
  private let output: Head
  private let dnn: DNN

  init(_ blueprint: Blueprint) {
    cin = CompressedInteractionNetwork(blueprint)
    output = Head(blueprint, named: "cin", from: cin.width, .linear)
    dnn = DNN(blueprint)
  }

  func forward(_ embeddings: FieldTensor, _ pass: Pass, addingTo logits: MatrixView) {
    cin.forward(embeddings, pass, into: output.input(rows: embeddings.batch))
    output.forward(pass, addingTo: logits)
    dnn.forward(embeddings, pass, addingTo: logits)
  }

  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    cin.backward(output.backward(logitGradient), addingTo: embeddingGradient)
    dnn.backward(logitGradient, addingTo: embeddingGradient)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .interaction(let layer):
      cin.columns(of: layer).flatMap { output.lastInput?.columns($0) }
    case .final(0): output.lastInput
    case .final(1): dnn.matrix(at: .final(0))
    default: cin.matrix(at: point)
    }
  }
}
