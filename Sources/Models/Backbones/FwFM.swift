import LinearAlgebra

/// The field-weighted factorisation machine: `logit += Σ_{i<j} r_{ij}·⟨gᵢ, vⱼ⟩ + linear(v)` (Pan et al., 2018; paper,
/// section 1.3).
///
/// The generated side is the left one, row i; discriminative, `gᵢ = vᵢ`. The linear part reads the raw embedding in both
/// paradigms; where it is one weight a value, it is the model's first-order term.
final class FwFM: Backbone {
  var parameters: [Parameter] {
    pairs.parameters + (linear?.parameters ?? []) + source.parameters
  }
  var statistics: [RunningStatistic] { source.statistics }
  private let source: ObservedSource
  private let pairs: WeightedPairwiseSum
  private let linear: FieldLinearTerm?

  init(_ blueprint: Blueprint) {
    source = ObservedSource(blueprint.source(named: "encoder"))
    pairs = WeightedPairwiseSum(blueprint, named: "interaction")
    linear =
      switch blueprint.settings.fwfmLinear {
      case .lw: nil
      case .felv:
        FieldLinearTerm(blueprint, named: "linear", vectors: blueprint.schema.count)
      case .filv: FieldLinearTerm(blueprint, named: "linear", vectors: 1)
      }
  }

  func forward(_ embeddings: FieldTensor, _ pass: Pass, addingTo logits: MatrixView) {
    let generated = source.forward(embeddings, pass)
    pairs.forward(source: generated, target: embeddings, addingTo: logits)
    linear?.forward(embeddings, addingTo: logits)
  }

  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    let sourceGradient = source.outputGradient(within: embeddingGradient)
    pairs.backward(logitGradient, addingTo: sourceGradient, embeddingGradient)
    linear?.backward(logitGradient, addingTo: embeddingGradient)
    source.backward(addingTo: embeddingGradient)
  }

  func matrix(at point: ProbePoint) -> MatrixView? { source.matrix(at: point) }
}
