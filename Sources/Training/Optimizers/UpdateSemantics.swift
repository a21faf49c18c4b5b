import Models

extension TrainingSettings {
  /// λ of the regulariser that pulls a parameter.
  func decay(of regularization: Parameter.Regularization) -> Double {
    switch regularization {
    case .embedding: embeddingRegularizer
    case .network: netRegularizer
    case .none: 0
    }
  }

  /// In words: which rows a step updates, how the regulariser acts, how gradients are clipped.
  var updateSemantics: String {
    let tables =
      switch embeddingUpdate {
      case .dense:
        "embedding_update dense: every row of every table is updated in every step, \(idleRows), "
          + "and the gradient holds lambda*w of the whole table"
      case .lazy:
        "embedding_update lazy: only the table rows that the batch touches are updated, the state "
          + "of other rows stands still, and lambda*w is added for the touched rows alone"
      }
    let clipping =
      maxGradientNorm > 0
      ? "gradients, lambda*w included, are scaled to a global norm of at most \(maxGradientNorm)"
      : "gradients are not clipped"
    return "\(tables); L2 is (lambda/2)*|w|^2 with lambda \(embeddingRegularizer) for embeddings "
      + "and \(netRegularizer) for the network; \(clipping)"
  }

  /// What a dense step does to a row that the batch does not touch.
  private var idleRows: String {
    switch optimizer {
    case .adam: "all moments decay"
    case .adagrad, .rowwiseAdagrad, .sgd:
      "a row without a gradient and without lambda stays as it is"
    }
  }
}
