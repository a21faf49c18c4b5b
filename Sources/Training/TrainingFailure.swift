import Platform

/// Why training or an evaluation stopped.
public enum TrainingFailure: Equatable {
  /// The loss of a step, or the tensor it came from, is not finite; the rows whose logits are not.
  case nonFiniteLoss(step: Int, tensor: String, learningRate: Double, rows: BatchRows?)
  /// The gradient of a tensor is not finite; nothing was updated in that step, which had these rows.
  case nonFiniteGradient(step: Int, tensor: String, learningRate: Double, rows: BatchRows?)
  /// The logit of a row, counted from 0 in the split's order of reading, is not finite.
  case nonFiniteLogit(row: Int)
  /// A split that is needed gave no rows.
  case noRows(split: String)
  /// A checkpoint stands further on in an epoch than the training rows reach.
  case dataChanged(epoch: Int, expected: Int, found: Int)
  /// A checkpoint is of another configuration: the first line of each that differs.
  case otherConfiguration(path: String, checkpoint: String, given: String)
  /// The user asked to stop; where training stood is in the run's folder.
  case interrupted(step: Int)
}

extension TrainingFailure: Failure {
  /// Diverging is the run's own trouble; rows that are not there are the data's.
  public var status: FailureStatus {
    switch self {
    case .nonFiniteLoss, .nonFiniteGradient, .nonFiniteLogit: .internalError
    case .noRows, .dataChanged: .badData
    case .otherConfiguration: .badConfiguration
    case .interrupted: .interrupted
    }
  }

  /// The failure in one line: where, what was found, what to do.
  public var description: String {
    switch self {
    case .nonFiniteLoss(let step, let tensor, let learningRate, let rows):
      "step \(step): the loss is not finite, nor is \(tensor), at learning rate \(learningRate), "
        + "\(Self.culprits(rows)); \(Self.remedy)"
    case .nonFiniteGradient(let step, let tensor, let learningRate, let rows):
      "step \(step): the gradient of \(tensor) is not finite at learning rate \(learningRate), "
        + "\(Self.culprits(rows)); \(Self.remedy)"
    case .nonFiniteLogit(let row):
      "row \(row): the model's logit is not finite, expected a number; the weights are damaged, "
        + "train again with a lower training.learning_rate"
    case .noRows(let split):
      "dataset.\(split): no rows, expected at least one; check the files and the split's share"
    case .dataChanged(let epoch, let expected, let found):
      "dataset.train: epoch \(epoch) ends after \(found) rows, but the checkpoint stands at row "
        + "\(expected) of it; the data are not those the run began with, train without --resume"
    case .otherConfiguration(let path, let checkpoint, let given):
      "\(path): the checkpoint was trained with \(checkpoint), the configuration says \(given); "
        + "resume with the run's own config.yaml, or train without --resume"
    case .interrupted(let step):
      "interrupted after step \(step); --resume goes on from checkpoint/last.safetensors"
    }
  }

  private static let remedy =
    "lower training.learning_rate or look at the rows (the last good checkpoint is kept)"

  private static func culprits(_ rows: BatchRows?) -> String {
    rows.map { "in a batch with \($0)" } ?? "in some batch"
  }
}
