import LinearAlgebra

/// The field-matrixed factorisation machine: `logit += Σ_{i<j} ⟨vᵢ·M_{ij}, gⱼ⟩` (Sun et al., 2021;
/// Yin et al., 2025).
///
/// The generated side is the **right** one, column j; the matrix, or the diagonal, meets the raw
/// side. Discriminative, `gⱼ = vⱼ`.
final class FmFM: EmbeddingBackbone {
  var operations: Int { pairs.operations + source.operations }
  private let source: ObservedSource
  private let pairs: FieldMatrixSum

  static func linearTerm(_: ModelSettings) -> LinearTermKind? { .lw }
  static let sourceFields = SourceFields.right

  init(_ builder: ModelBuilder) {
    let context = builder.context.scoped("interaction")
    pairs =
      switch builder.settings.fmfmField {
      case .matrixed: MatrixPairwiseSum(context, builder.shape)
      case .vectorized: DiagonalPairwiseSum(context, builder.shape)
      }
    source = builder.source(named: "encoder", readBy: Self.sourceFields)
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView) {
    let generated = source.forward(embeddings, pass)
    pairs.forward(left: embeddings.target, right: generated, addingTo: logits)
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    pairs.graph(left: embeddings, right: source.graph(embeddings, graph), graph)
  }

  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    let sourceGradient = source.outputGradient(within: gradients)
    pairs.backward(logitGradient, addingTo: gradients.target, sourceGradient)
    source.backward(addingTo: gradients)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    point == .interaction(0) ? pairs.lastProducts : source.matrix(at: point)
  }
}
