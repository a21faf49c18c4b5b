import LinearAlgebra

/// The neural factorisation machine: `logit += Linear(MLP(b))`, `b = Σ_{i<j} gᵢ ⊙ vⱼ`, beside the
/// first-order term (He and Chua, 2017).
///
/// The generated side is the left one, row i; discriminative, `gᵢ = vᵢ` and `b` is the
/// bi-interaction `½((Σv)² − Σv²)`. The perceptron reads `b` alone.
final class NFM: EmbeddingBackbone {
  var operations: Int { pooling.operations + source.operations }
  private let source: ObservedSource
  private let pooling: PairwisePooling
  private let dnn: Head

  static func linearTerm(_: ModelSettings) -> LinearTermKind? { .lw }
  static let sourceFields = SourceFields.left

  init(_ builder: ModelBuilder) {
    let (context, shape) = (builder.context, builder.shape)
    dnn = builder.head(named: "dnn", inputs: shape.dimension, builder.settings.deep)
    source = builder.source(named: "encoder", readBy: Self.sourceFields)
    pooling = PairwisePooling(context, shape)
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView) {
    let generated = source.forward(embeddings, pass)
    pooling.forward(
      source: generated, target: embeddings.target, into: dnn.input(rows: embeddings.batch))
    dnn.forward(pass, addingTo: logits)
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    let generated = source.graph(embeddings, graph)
    return dnn.graph(pooling.graph(source: generated, target: embeddings, graph), graph)
  }

  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    let gradient = dnn.backward(logitGradient)
    let sourceGradient = source.outputGradient(within: gradients)
    pooling.backward(gradient, addingTo: sourceGradient, gradients.target)
    source.backward(addingTo: gradients)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .interaction(0): dnn.lastInput
    case .final(0): dnn.lastHidden
    default: source.matrix(at: point)
    }
  }
}
