import Platform

/// What training did over some steps, without an evaluation: a line of `metrics.jsonl`.
public struct TrainingReport: Equatable, Sendable {
  /// The steps that a report covers.
  public enum Span: String, Sendable, Codable {
    /// Those of an epoch, or of the part of it that was trained.
    case epoch
    /// Those since the previous report, every `eval_steps` steps without validation rows.
    case steps
  }

  /// The steps that it covers.
  public let span: Span
  /// Steps taken before it.
  public let step: Int
  /// The epoch it belongs to, counted from 1.
  public let epoch: Int
  /// Training rows seen before it, over all epochs.
  public let rows: Int
  /// The mean loss of the span's rows, each at its step, without the regulariser.
  public let trainLoss: Double
  /// The learning rate of the last of its steps.
  public let learningRate: Double
  /// Training rows per second: of an epoch over its whole wall time, with its evaluations; nil if
  /// another process trained them.
  public internal(set) var samplesPerSecond: Double?
  /// The wall time of the span in seconds; nil if another process trained it.
  public internal(set) var seconds: Double?
  /// The seconds that the processors worked in an epoch, for all threads of the process; nil for
  /// other spans, and if another process trained it.
  public internal(set) var processorSeconds: Double?

  /// The report as a JSON object, times last.
  public var json: JSONValue {
    .object([
      ("step", .integer(step)), ("epoch", .integer(epoch)), ("rows", .integer(rows)),
      ("split", .text("train")), ("span", .text(span.rawValue)),
      ("train_loss", .number(trainLoss)), ("learning_rate", .number(learningRate)),
      ("samples_per_second", .optional(samplesPerSecond)), ("seconds", .optional(seconds)),
      ("cpu_seconds", .optional(processorSeconds)),
    ])
  }
}

/// A checkpoint holds all of a report except times, which differ between runs.
extension TrainingReport: Codable {
  private enum CodingKeys: CodingKey {
    case span, step, epoch, rows, trainLoss, learningRate
  }
}
