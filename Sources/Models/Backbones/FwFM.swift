import LinearAlgebra

/// The field-weighted factorisation machine: `logit += Σ_{i<j} r_{ij}·⟨gᵢ, vⱼ⟩` (Pan et al., 2018; paper, section 1.3).
///
/// The generated side is the left one, row i; discriminative, `gᵢ = vᵢ`. The linear part is the model's linear term,
/// which reads the raw embedding in both paradigms.
final class FwFM: Backbone {
  var parameters: [Parameter] { pairs.parameters + source.parameters }
  var statistics: [RunningStatistic] { source.statistics }
  private let source: ObservedSource
  private let pairs: WeightedPairwiseSum

  init(_ blueprint: Blueprint) {
    source = ObservedSource(blueprint.source(named: "encoder"))
    pairs = WeightedPairwiseSum(blueprint, named: "interaction")
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
