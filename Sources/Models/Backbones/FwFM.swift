import LinearAlgebra

/// The field-weighted factorisation machine: `logit += Σ_{i<j} r_{ij}·⟨gᵢ, vⱼ⟩` (Pan et al., 2018;
/// Yin et al., 2025).
///
/// The generated side is the left one, row i; discriminative, `gᵢ = vᵢ`. The linear part is the
/// model's linear term, which reads the raw embedding in both paradigms.
final class FwFM: EmbeddingBackbone {
  var operations: Int { pairs.operations + source.operations }
  private let source: ObservedSource
  private let pairs: WeightedPairwiseSum

  static func linearTerm(_ settings: ModelSettings) -> LinearTermKind? { settings.fwfmLinear }
  static let sourceFields = SourceFields.left

  init(_ builder: ModelBuilder) {
    pairs = WeightedPairwiseSum(builder.context.scoped("interaction"), builder.shape)
    source = builder.source(named: "encoder", readBy: Self.sourceFields)
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
