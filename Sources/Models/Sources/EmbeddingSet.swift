/// Which set of a model's embeddings is built, and what the sets share.
struct EmbeddingSet {
  /// The number of the set, from 0.
  let index: Int
  /// The number of sets.
  let count: Int
  private let shared: Shared

  /// The first of several sets.
  init(of count: Int) { self.init(index: 0, count: count, shared: Shared()) }

  private init(index: Int, count: Int, shared: Shared) {
    (self.index, self.count, self.shared) = (index, count, shared)
  }

  /// Another set of the same model.
  func sibling(_ index: Int) -> EmbeddingSet {
    EmbeddingSet(index: index, count: count, shared: shared)
  }

  /// The set's part of the perceptron with a name; the first set creates what all sets share.
  func perceptron(
    named name: String, _ context: LayerContext, inputs: Int, _ settings: MLPSettings
  ) -> LogitPerceptron {
    let context = context.scoped(name)
    return SetPerceptron(context, set: index, inputs: inputs, settings) { width in
      if let made = shared.perceptrons[name] { return made }
      let made = SharedPerceptron(context, sets: count, width: width, settings)
      shared.perceptrons[name] = made
      return made
    }
  }

  private final class Shared {
    var perceptrons: [String: SharedPerceptron] = [:]
  }
}
