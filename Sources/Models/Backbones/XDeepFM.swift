import LinearAlgebra

/// xDeepFM: `logit += Linear(CIN(x)) + Linear(MLP(x))` beside the first-order term (Lian et al.,
/// 2018; Yin et al., 2025).
///
/// The generated side is the one of `x` in every compressed interaction layer, with one source per
/// layer, each fed the raw embedding; the perceptron reads the raw embedding in both paradigms.
final class XDeepFM: EmbeddingBackbone {
  var operations: Int { cin.operations }
  private let cin: CompressedInteractionNetwork
  private let output: Head
  private let dnn: DNN

  static func linearTerm(_: ModelSettings) -> LinearTermKind? { .lw }

  init(_ builder: ModelBuilder) {
    let context = builder.context.scoped("cin")
    cin = CompressedInteractionNetwork(
      context, builder.shape, maps: builder.settings.cinHiddenUnits
    ) { builder.source(named: "cin.\($0).encoder") }
    output = builder.head(named: "cin", inputs: cin.width, MLPSettings())
    dnn = DNN(builder)
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView) {
    cin.forward(embeddings, pass, into: output.input(rows: embeddings.batch))
    output.forward(pass, addingTo: logits)
    dnn.forward(embeddings, pass, addingTo: logits)
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    graph.add([
      output.graph(cin.graph(embeddings, graph), graph), dnn.graph(embeddings, graph),
    ])
  }

  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    cin.backward(output.backward(logitGradient), addingTo: gradients)
    dnn.backward(logitGradient, addingTo: gradients)
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
