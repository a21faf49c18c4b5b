import ClickData

/// Receives the events of a run; the trainer itself prints nothing.
public protocol TrainingObserver: AnyObject {
  /// Called on the training thread, between two steps.
  func observe(_ event: TrainingEvent)
}

/// An event of a run.
public enum TrainingEvent: Sendable {
  /// Training resumes from a checkpoint: steps taken, and epochs begun.
  case resumed(epoch: Int, step: Int)
  /// An epoch, counted from 1, begins or resumes.
  case epochStarted(epoch: Int, of: Int, learningRate: Double)
  /// Steps were taken; sent at most a few times per second.
  case progress(TrainingProgress)
  /// Rows are read without training on them: how far that has come, and its seconds; sent at most a
  /// few times per second.
  case reading(task: String, ReadingProgress, seconds: Double)
  /// A pass over a split ended.
  case passed(PassRecord)
  /// A split was evaluated; `improved` is whether it is the best so far, nil for final ones.
  case evaluated(Evaluation, improved: Bool?)
  /// A part of the training rows was evaluated before it is trained on, or left out.
  case evaluatedPart(PartEvaluation)
  /// An epoch ended, or `eval_steps` steps passed without validation rows.
  case reported(TrainingReport)
  /// The learning rate fell.
  case learningRateReduced(to: Double)
  /// This number of consecutive evaluations did not improve, so training ends.
  case stoppedEarly(evaluations: Int)
  /// The best weights, those of this step, were restored.
  case bestReloaded(step: Int)
  /// Something looks wrong, in one line.
  case warning(String)
}

/// The progress within an epoch.
public struct TrainingProgress: Equatable, Sendable {
  /// The epoch, counted from 1.
  public let epoch: Int
  /// Rows of this epoch so far.
  public let rows: Int
  /// Rows of the whole epoch; nil in the first one, unless a scan has counted them.
  public let totalRows: Int?
  /// The finished share of the epoch's rows, or of its bytes; nil if neither total is known.
  public let fraction: Double?
  /// Rows per second in this epoch, over its whole wall time.
  public let rowsPerSecond: Double
  /// The mean loss of this epoch's rows, without the regulariser.
  public let meanLoss: Double
}
