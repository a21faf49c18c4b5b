import ClickData

/// What a finished training did and found.
public struct TrainingRecord: Equatable, Sendable {
  /// Why training ended.
  public enum Stop: String, Sendable, Codable {
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
  /// The last pass over each split.
  public internal(set) var passes: [PassRecord] = []
  /// The final metrics of the validation rows; nil where there are none.
  public internal(set) var valid: Metrics?
  /// The final metrics of the test rows; nil where there are none.
  public internal(set) var test: Metrics?
  /// Seconds by phase, of the process that finished the run.
  public internal(set) var seconds = PhaseSeconds()
  /// Seconds from start to end, of that process.
  public internal(set) var totalSeconds = 0.0

  /// Nothing done yet.
  public init() {}

  /// Notes a pass that has ended.
  mutating func add(_ pass: PassRecord) {
    guard let index = passes.firstIndex(where: { $0.split == pass.split }) else {
      return passes.append(pass)
    }
    // A whole pass says more than a later one that was cut short.
    if pass.badRows != nil || passes[index].badRows == nil { passes[index] = pass }
  }
}

/// What a checkpoint holds of a record: all but the final metrics, which come last, and times.
extension TrainingRecord: Codable {
  private enum CodingKeys: CodingKey {
    case steps, epochs, rows, stop, evaluations, best, passes
  }
}
