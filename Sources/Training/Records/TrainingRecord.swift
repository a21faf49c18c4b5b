import ClickData
import Platform

/// What training did and found.
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
  /// Why training ended.
  public internal(set) var stop = Stop.epochs
  /// Every evaluation of the validation rows during training.
  public internal(set) var evaluations: [Evaluation] = []
  /// Every report on training without an evaluation.
  public internal(set) var reports: [TrainingReport] = []
  /// The parts of a progressive run that it has begun to train on, or left out.
  public internal(set) var parts: [PartEvaluation] = []
  /// The best evaluation, whose weights the model holds at the end; nil without validation rows.
  public internal(set) var best: Evaluation?
  /// The last pass over each split.
  public internal(set) var passes: [PassRecord] = []
  /// The final metrics of the validation rows; nil without such rows.
  public internal(set) var valid: Metrics?
  /// The final metrics of the test rows; nil without such rows.
  public internal(set) var test: Metrics?
  /// Seconds by phase, of the process that finished the run.
  public internal(set) var seconds = PhaseTimes()
  /// Seconds from start to end, of that process.
  public internal(set) var totalSeconds = 0.0

  /// An empty record.
  public init() {}

  /// The lines of `metrics.jsonl` up to now, in their order.
  ///
  /// Of the same step, an epoch's report comes after the evaluation at its end, and before that of
  /// the next part.
  var lines: [JSONValue] {
    let lines =
      reports.map { (step: $0.step, rank: $0.span == .steps ? 0 : 2, line: $0.json) }
      + evaluations.map { (step: $0.step, rank: 1, line: $0.json) }
      + parts.compactMap { part in part.metrics.map { _ in (part.step, 3, part.line) } }
    return lines.sorted { ($0.step, $0.rank) < ($1.step, $1.rank) }.map(\.line)
  }

  /// Records a pass that has ended.
  mutating func add(_ pass: PassRecord) {
    guard let index = passes.firstIndex(where: { $0.split == pass.split }) else {
      return passes.append(pass)
    }
    // A complete pass has more to report than a later one that was cut short.
    if pass.badRows != nil || passes[index].badRows == nil { passes[index] = pass }
  }
}

/// A checkpoint holds all of a record except final metrics, which come last, and times.
extension TrainingRecord: Codable {
  private enum CodingKeys: CodingKey {
    case steps, epochs, rows, stop, evaluations, reports, parts, best, passes
  }

  /// Reads a record; those of version 0.1 have no reports.
  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    steps = try members.decode(Int.self, forKey: .steps)
    epochs = try members.decode(Int.self, forKey: .epochs)
    rows = try members.decode(Int.self, forKey: .rows)
    stop = try members.decode(Stop.self, forKey: .stop)
    evaluations = try members.decode([Evaluation].self, forKey: .evaluations)
    reports = try members.decodeIfPresent([TrainingReport].self, forKey: .reports) ?? []
    parts = try members.decodeIfPresent([PartEvaluation].self, forKey: .parts) ?? []
    best = try members.decodeIfPresent(Evaluation.self, forKey: .best)
    passes = try members.decode([PassRecord].self, forKey: .passes)
  }
}

extension TrainingRecord {
  /// Writes a record; one without parts as before there were any.
  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(steps, forKey: .steps)
    try members.encode(epochs, forKey: .epochs)
    try members.encode(rows, forKey: .rows)
    try members.encode(stop, forKey: .stop)
    try members.encode(evaluations, forKey: .evaluations)
    try members.encode(reports, forKey: .reports)
    if !parts.isEmpty { try members.encode(parts, forKey: .parts) }
    try members.encodeIfPresent(best, forKey: .best)
    try members.encode(passes, forKey: .passes)
  }

  /// Reads the record in the metadata of a checkpoint; throws `CheckpointFailure.damaged`.
  public init(_ metadata: [String: String], path: String) throws {
    self = try TrainingState(metadata, path: path).record
  }
}
