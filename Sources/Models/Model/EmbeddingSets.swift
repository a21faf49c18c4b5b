import ClickData
import LinearAlgebra

/// Several sets of embeddings, each with its own tables and interactions: multi-embedding (Guo et
/// al., ICML 2024).
///
/// Backbones of one kind add their logits; those that end with a perceptron share its layers behind
/// the first one (`SharedPerceptron`). A linear term reads the first set.
final class EmbeddingSets: Interaction {
  var operations: Int { sets.reduce(0) { $0 + $1.operations } }
  private let sets: [EmbeddedInteraction]

  init(_ sets: [EmbeddedInteraction]) {
    precondition(!sets.isEmpty, "EmbeddingSets: no sets")
    self.sets = sets
  }

  func embed(_ batch: EncodedBatch, _ pass: Pass) -> FieldInput? {
    let input = sets[0].embed(batch, pass)
    for set in sets.dropFirst() { _ = set.embed(batch, pass) }
    return input
  }

  func forward(_ pass: Pass, addingTo logits: MatrixView) {
    for set in sets { set.forward(pass, addingTo: logits) }
  }

  func graph(
    _ fields: [GraphField], _ graph: GraphBuilder
  ) -> (embeddings: GraphVectors, logit: GraphValue) {
    let parts = sets.map { $0.graph(fields, graph) }
    return (parts[0].embeddings, graph.add(parts.map(\.logit)))
  }

  func beginBackward() -> FieldGradient? {
    let gradient = sets[0].beginBackward()
    for set in sets.dropFirst() { _ = set.beginBackward() }
    return gradient
  }

  func backward(_ logitGradient: MatrixView) {
    for set in sets { set.backward(logitGradient) }
  }

  func vectors(ofSet set: Int) -> FieldTensor { sets[set].vectors(ofSet: 0) }

  func vectorGradients(ofSet set: Int) -> FieldTensor { sets[set].vectorGradients(ofSet: 0) }

  /// The places of the first set.
  func matrix(at point: ProbePoint) -> MatrixView? { sets[0].matrix(at: point) }
}
