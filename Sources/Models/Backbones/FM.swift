import LinearAlgebra

/// The factorisation machine: `logit += Σ_{i<j} ⟨gᵢ, vⱼ⟩` (Rendle, 2010; Yin et al., 2025).
///
/// The generated side is the left one, row i; discriminative, `gᵢ = vᵢ`.
final class FM: EmbeddingBackbone {
  var operations: Int { pairs.operations + source.operations }
  private let source: ObservedSource
  private let pairs: PairwiseSum

  static func linearTerm(_: ModelSettings) -> LinearTermKind? { .lw }
  static let sourceFields = SourceFields.left

  init(_ builder: ModelBuilder) {
    source = builder.source(named: "encoder", readBy: Self.sourceFields)
    pairs = PairwiseSum(builder.context, builder.shape)
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView) {
    let generated = source.forward(embeddings, pass)
    pairs.forward(source: generated, target: embeddings.target, addingTo: logits)
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    pairs.graph(source: source.graph(embeddings, graph), target: embeddings, graph)
  }

  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    let sourceGradient = source.outputGradient(within: gradients)
    pairs.backward(logitGradient, addingTo: sourceGradient, gradients.target)
    source.backward(addingTo: gradients)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    point == .interaction(0) ? pairs.lastProducts : source.matrix(at: point)
  }
}
