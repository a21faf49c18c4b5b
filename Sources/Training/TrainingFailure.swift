import Platform

/// Why training or an evaluation stopped.
public enum TrainingFailure: Equatable {
  /// The loss of a step, or the tensor it came from, is not finite.
  case nonFiniteLoss(step: Int, tensor: String, learningRate: Double)
  /// The gradient of a tensor is not finite; nothing was updated in that step.
  case nonFiniteGradient(step: Int, tensor: String, learningRate: Double)
  /// The logit of a row, counted from 0 in the split's order of reading, is not finite.
  case nonFiniteLogit(row: Int)
  /// A split that is needed gave no rows.
  case noRows(split: String)
  /// The user asked to stop; the weights of that step are in the run's folder.
  case interrupted(step: Int)
}

extension TrainingFailure: Failure {
  /// Diverging is the run's own trouble; rows that are not there are the data's.
  public var status: FailureStatus {
    switch self {
    case .nonFiniteLoss, .nonFiniteGradient, .nonFiniteLogit: .internalError
    case .noRows: .badData
    case .interrupted: .interrupted
    }
  }

  /// The failure in one line: where, what was found, what to do.
  public var description: String {
    switch self {
    case .nonFiniteLoss(let step, let tensor, let learningRate):
      "step \(step): the loss is not finite, nor is \(tensor), at learning rate \(learningRate); "
        + "lower training.learning_rate (the last good checkpoint is kept)"
    case .nonFiniteGradient(let step, let tensor, let learningRate):
      "step \(step): the gradient of \(tensor) is not finite at learning rate \(learningRate); "
        + "lower training.learning_rate (the last good checkpoint is kept)"
    case .nonFiniteLogit(let row):
      "row \(row): the model's logit is not finite, expected a number; the weights are damaged, "
        + "train again with a lower training.learning_rate"
    case .noRows(let split):
      "dataset.\(split): no rows, expected at least one; check the files and the split's share"
    case .interrupted(let step):
      "interrupted after step \(step); the weights are in checkpoint/last.safetensors"
    }
  }
}
