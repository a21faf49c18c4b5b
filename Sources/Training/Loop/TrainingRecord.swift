import ClickData

/// What a finished training did and found.
public struct TrainingRecord: Equatable, Sendable {
  /// Why training ended.
  public enum Stop: String, Sendable {
    /// All epochs are done.
    case epochs
    /// Evaluations stopped improving.
    case early
  }

  /// Steps taken.
  public internal(set) var steps = 0
  /// Epochs begun.
  public internal(set) var epochs = 0
  /// Training rows seen, over all epochs.
  public internal(set) var rows = 0
  /// Why it ended.
  public internal(set) var stop = Stop.epochs
  /// Every evaluation of the validation rows during training.
  public internal(set) var evaluations: [Evaluation] = []
  /// The best of them, whose weights the model holds now; nil without validation rows.
  public internal(set) var best: Evaluation?
  /// The final metrics of the validation rows; nil where there are none.
  public internal(set) var valid: Metrics?
  /// The final metrics of the test rows; nil where there are none.
  public internal(set) var test: Metrics?
  /// What was read of each split, over all passes.
  public internal(set) var passes: [Pass] = []
  /// Seconds of forward, loss, backward and update.
  public internal(set) var computeSeconds = 0.0
  /// Seconds of evaluations, their reading included.
  public internal(set) var evaluateSeconds = 0.0
  /// Seconds from start to end.
  public internal(set) var totalSeconds = 0.0

  /// What was read of one split.
  public struct Pass: Equatable, Sendable {
    /// The split's name.
    public let split: String
    /// What its passes read.
    public internal(set) var pass: PassRecord
  }

  /// Adds a pass over a split that has ended.
  mutating func add(_ progress: ReadingProgress, split: String) {
    if let index = passes.firstIndex(where: { $0.split == split }) {
      passes[index].pass.add(progress)
    } else {
      var pass = PassRecord()
      pass.add(progress)
      passes.append(Pass(split: split, pass: pass))
    }
  }
}
