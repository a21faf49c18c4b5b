import LinearAlgebra

/// The factorisation machine: `logit += Σ_{i<j} ⟨gᵢ, vⱼ⟩` (Rendle, 2010; paper, section 1.3).
///
/// The generated side is the left one, row i; discriminative, `gᵢ = vᵢ`.
final class FM: Backbone {
  var parameters: [Parameter] { source.parameters }
  var statistics: [RunningStatistic] { source.statistics }
  private let source: ObservedSource
  private let pairs: PairwiseSum

  init(_ blueprint: Blueprint) {
    source = ObservedSource(blueprint.source(named: "encoder"))
    pairs = PairwiseSum(pool: blueprint.pool)
  }

  func forward(_ embeddings: FieldTensor, _ pass: Pass, addingTo logits: MatrixView) {
    let generated = source.forward(embeddings, pass)
    pairs.forward(source: generated, target: embeddings, addingTo: logits)
  }

  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    let sourceGradient = source.outputGradient(within: embeddingGradient)
    pairs.backward(logitGradient, addingTo: sourceGradient, embeddingGradient)
    source.backward(addingTo: embeddingGradient)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    point == .interaction(0) ? pairs.lastProducts : source.matrix(at: point)
  }
}
