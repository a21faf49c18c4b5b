import ClickData
import Platform

/// Why training or an evaluation stopped.
public enum TrainingFailure: Equatable {
  /// The loss of a step is not finite: the first damaged tensor, and the rows with such logits.
  case nonFiniteLoss(step: Int, tensor: String, learningRate: Double, rows: BatchRows?)
  /// The gradient of a tensor is not finite; the step, which had these rows, updated nothing.
  case nonFiniteGradient(step: Int, tensor: String, learningRate: Double, rows: BatchRows?)
  /// The logit of a row, counted from 0 in the split's order of reading, is not finite.
  case nonFiniteLogit(row: Int)
  /// A required split has no rows.
  case noRows(split: String)
  /// All rows of a split have weight 0.
  case noWeight(split: String, rows: Int)
  /// A checkpoint's position in an epoch is beyond the end of the training rows.
  case dataChanged(epoch: Int, expected: Int, found: Int)
  /// A checkpoint has another configuration: the first line that differs, in both.
  case otherConfiguration(path: String, checkpoint: String, given: String)
  /// The folder of the run was removed or renamed while it was trained.
  case folderRemoved(path: String)
  /// The user interrupted the run, which saved a checkpoint.
  case interrupted(step: Int)
}

extension TrainingFailure: Failure {
  /// The exit status: divergence is an internal error, missing rows are bad data.
  public var status: FailureStatus {
    switch self {
    case .nonFiniteLoss, .nonFiniteGradient, .nonFiniteLogit: .internalError
    case .noRows, .noWeight, .dataChanged: .badData
    case .otherConfiguration: .badConfiguration
    case .folderRemoved: .inputOutput
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
    case .noWeight(let split, let rows):
      "\(split): all \(rows) rows have weight 0, expected one above 0; "
        + "check the column of dataset.weight"
    case .dataChanged(let epoch, let expected, let found):
      "dataset.train: epoch \(epoch) has \(found) rows, but the checkpoint was taken at row "
        + "\(expected) of it; the data changed since the run began, train without --resume"
    case .otherConfiguration(let path, let checkpoint, let given):
      "\(path): the checkpoint was trained with \(checkpoint), the configuration has \(given); "
        + "resume with the run's own config.yaml, or train without --resume"
    case .folderRemoved(let path):
      "\(path): the folder of the run was removed or renamed while it was trained; "
        + "training has stopped"
    case .interrupted(let step):
      "interrupted after step \(step); --resume continues from checkpoint/last.safetensors"
    }
  }

  private static let remedy =
    "lower training.learning_rate or inspect the rows"

  private static func culprits(_ rows: BatchRows?) -> String {
    rows.map { "in a batch with \($0)" } ?? "in some batch"
  }
}

/// Some rows of a training batch, by their positions in the training split, for messages.
public struct BatchRows: Equatable, Sendable, CustomStringConvertible {
  /// The first few, counted from 0 in the order of reading, as `sfg eval --predictions` counts.
  public let positions: [UInt64]
  /// The number of all of them.
  public let count: Int

  private static let maxShown = 5

  /// The rows of a batch that meet a condition; nil if there are none.
  init?(_ batch: EncodedBatch, where condition: (Int) -> Bool = { _ in true }) {
    let rows = (0..<batch.rows).filter(condition)
    guard !rows.isEmpty else { return nil }
    positions = rows.prefix(Self.maxShown).map { batch.positions[$0] }
    count = rows.count
  }

  /// The rows as part of a sentence.
  public var description: String {
    let shown = positions.map { "\($0)" }.joined(separator: ", ")
    let rest = count - positions.count
    let label = count == 1 ? "row" : "rows"
    return "\(label) \(shown)\(rest > 0 ? " and \(rest) more" : "") of dataset.train"
  }
}
