import LinearAlgebra

/// The terms that a model's training adds to its loss.
final class Regularizers {
  /// The terms of embeddings.
  private let embeddings: [EmbeddingRegularizer]
  private let weights: [WeightRegularizer]
  /// The sum of all terms of the last step.
  private(set) var penalty = 0.0

  /// Makes the terms of weights other than 0, for layers that have been created in the context.
  init(_ context: LayerContext, _ settings: RegularizerSettings, _ shape: FieldShape, sets: Int) {
    var embeddings: [EmbeddingRegularizer] = []
    if settings.singularValueVariance > 0 {
      embeddings += (0..<sets).map {
        SingularValueVariance(context, shape, weight: settings.singularValueVariance, set: $0)
      }
    }
    if settings.decorrelation > 0 {
      embeddings += (0..<sets).map {
        Decorrelation(context, shape, weight: settings.decorrelation, set: $0)
      }
    }
    if settings.spaceSimilarity > 0, sets > 1 {
      embeddings.append(
        SpaceSimilarity(context, shape, weight: settings.spaceSimilarity, sets: sets))
    }
    self.embeddings = embeddings
    let crossWeights = CrossWeights.find(in: context.registry)
    var weights: [WeightRegularizer] = []
    if settings.blockOrthogonality > 0 {
      weights.append(
        BlockOrthogonality(crossWeights.joined().map(\.self), shape, settings.blockOrthogonality))
    }
    if settings.normAlignment > 0 {
      weights.append(NormAlignment(crossWeights, shape, settings.normAlignment))
    }
    self.weights = weights
  }

  /// Measures the embeddings of a training step's forward.
  func measure(_ interaction: Interaction) {
    for term in embeddings { term.measure { interaction.vectors(ofSet: $0) } }
  }

  /// Adds the gradients of the embeddings, between those of the interaction being zero and its
  /// backward.
  func addGradients(_ interaction: Interaction) {
    for term in embeddings {
      term.addGradients {
        interaction.vectors(ofSet: $0)
      } to: {
        interaction.vectorGradients(ofSet: $0)
      }
    }
  }

  /// Adds the gradients of all terms of weights, at the end of a step's backward.
  func finish() {
    penalty = embeddings.reduce(0) { $0 + $1.penalty }
    for term in weights { penalty += term.addGradients() }
  }
}
