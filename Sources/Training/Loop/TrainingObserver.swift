/// Hears what happens in a run; the trainer itself prints nothing.
public protocol TrainingObserver: AnyObject {
  /// Called on the training thread, between two steps.
  func observe(_ event: TrainingEvent)
}

/// Something that happened in a run.
public enum TrainingEvent: Sendable {
  /// Training goes on from a checkpoint: steps taken, and epochs begun.
  case resumed(epoch: Int, step: Int)
  /// An epoch, counted from 1, begins or goes on.
  case epochStarted(epoch: Int, of: Int, learningRate: Double)
  /// Steps were taken: at most a few times a second.
  case progress(TrainingProgress)
  /// A split was evaluated; `improved` tells whether it is the best so far, nil for a final evaluation.
  case evaluated(Evaluation, improved: Bool?)
  /// The learning rate fell.
  case learningRateReduced(to: Double)
  /// So many evaluations in a row did not improve, so training ends.
  case stoppedEarly(evaluations: Int)
  /// The best weights, those of this step, are back in the model.
  case bestReloaded(step: Int)
  /// Something looks wrong, in one line.
  case warning(String)
}

/// How far an epoch has come.
public struct TrainingProgress: Equatable, Sendable {
  /// The epoch, counted from 1.
  public let epoch: Int
  /// Steps taken since training began.
  public let step: Int
  /// Rows of this epoch so far.
  public let rows: Int
  /// Rows of the whole epoch; nil in the first one.
  public let totalRows: Int?
  /// The share of the epoch's rows, or of its bytes, behind us; nil where neither is known.
  public let fraction: Double?
  /// Rows a second in this epoch, evaluations left out.
  public let rowsPerSecond: Double
  /// The mean loss of this epoch's rows, without the regulariser.
  public let meanLoss: Double
}
