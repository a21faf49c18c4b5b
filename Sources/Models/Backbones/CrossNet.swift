import LinearAlgebra

/// CrossNet V2: `logit += head(X_L)`, `X_{l+1} = Drop(X_l + G_l ⊙ (X_l·W_lᵀ))`, `X₀ = x` (Wang et al., 2021; paper, 1.3).
///
/// The generated side is `G_l`, the slot of `x`, with one source a layer; discriminative, `G_l = x`. No first-order term.
/// Where `target` says so the head reads the interactions of some fields instead of `X_L`.
final class CrossNet: Backbone {
  var parameters: [Parameter] { cross.parameters + head.parameters }
  var statistics: [RunningStatistic] { cross.statistics }
  private let cross: CrossNetwork
  private let head: Head

  init(_ blueprint: Blueprint) {
    cross = blueprint.crossNetwork()
    head = Head(blueprint, named: "head", from: cross.width, blueprint.settings.head)
  }

  func forward(_ embeddings: FieldTensor, _ pass: Pass, addingTo logits: MatrixView) {
    cross.forward(embeddings, pass, into: head.input(rows: embeddings.batch))
    head.forward(pass, addingTo: logits)
  }

  func backward(_ logitGradient: MatrixView, addingTo embeddingGradient: FieldTensor) {
    cross.backward(head.backward(logitGradient), addingTo: embeddingGradient)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    point == .final(0) ? head.lastInput : cross.matrix(at: point)
  }
}
