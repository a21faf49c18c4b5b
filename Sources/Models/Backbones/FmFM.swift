import LinearAlgebra

/// The field-matrixed factorisation machine: `logit += Σ_{i<j} ⟨vᵢ·M_{ij}, gⱼ⟩` (Sun et al., 2021; paper, section 1.3).
///
/// The generated side is the **right** one, column j; the matrix, or the diagonal, meets the raw side. Discriminative,
/// `gⱼ = vⱼ`.
final class FmFM: Backbone {
  var parameters: [Parameter] { pairs.parameters + source.parameters }
  var statistics: [RunningStatistic] { source.statistics }
  private let source: ObservedSource
  private let pairs: FieldMatrixSum

  init(_ blueprint: Blueprint) {
    source = ObservedSource(blueprint.source(named: "encoder"))
    pairs =
      switch blueprint.settings.fmfmField {
      case .matrixed: MatrixPairwiseSum(blueprint, named: "interaction")
      case .vectorized: DiagonalPairwiseSum(blueprint, named: "interaction")
      }
  }

  func forward(_ embeddings: FieldTensor, _ pass: Pass, addingTo logits: MatrixView) {
    let generated = source.forward(embeddings, pass)
    pairs.forward(left: embeddings, right: generated, addingTo: logits)
  }

  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    let sourceGradient = source.outputGradient(within: embeddingGradient)
    pairs.backward(logitGradient, addingTo: embeddingGradient, sourceGradient)
    source.backward(addingTo: embeddingGradient)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    point == .interaction(0) ? pairs.lastProducts : source.matrix(at: point)
  }
}
