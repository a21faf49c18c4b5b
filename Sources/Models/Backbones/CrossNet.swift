import LinearAlgebra

/// CrossNet V2: `logit += head(X_L)`, `X_{l+1} = Drop(X_l + G_l ⊙ (X_l·W_lᵀ))`, `X₀ = x` (Wang et
/// al., 2021; Yin et al., 2025).
///
/// The generated side is `G_l`, the slot of `x`, with one source per layer; discriminative, `G_l =
/// x`. No first-order term. With a `target` the head reads the interactions of some fields instead
/// of `X_L`.
class CrossNet: Backbone {
  static let targets = TargetKind.allCases
  var operations: Int { cross.operations }
  private let cross: CrossNetwork
  private let head: Head

  static func linearTerm(_: ModelSettings) -> LinearTermKind? { nil }
  static func operands(source: String) -> OperandNames? {
    OperandNames(left: source, right: "embedding × cross weight")
  }

  /// What the head reads.
  class func crossNetwork(_ builder: ModelBuilder) -> CrossNetwork { builder.crossNetwork() }

  required init(_ builder: ModelBuilder) {
    cross = Self.crossNetwork(builder)
    head = builder.head(inputs: cross.width)
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView) {
    cross.forward(embeddings, pass, into: head.input(rows: embeddings.batch))
    head.forward(pass, addingTo: logits)
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    head.graph(cross.graph(embeddings, graph), graph)
  }

  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    cross.backward(head.backward(logitGradient), addingTo: gradients)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    point == .final(0) ? head.lastInput : cross.matrix(at: point)
  }
}
