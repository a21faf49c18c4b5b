import Platform

/// One evaluation of a split and where training stood: a line of `metrics.jsonl`.
public struct Evaluation: Equatable, Sendable {
  /// Steps taken before it.
  public let step: Int
  /// The epoch it belongs to, counted from 1.
  public let epoch: Int
  /// Training rows seen before it, over all epochs.
  public let rows: Int
  /// The split: "valid" or "test".
  public let split: String
  /// What came out.
  public let metrics: Metrics
  /// The learning rate of the steps before it.
  public let learningRate: Double
  /// Training rows a second since the evaluation before; nil where none were trained.
  public let samplesPerSecond: Double?

  /// The evaluation as a JSON object; an undefined metric is null.
  public var json: JSONValue {
    .object([
      ("step", .integer(step)), ("epoch", .integer(epoch)), ("rows", .integer(rows)),
      ("split", .text(split)), ("AUC", .optional(metrics.auc)),
      ("logloss", .optional(metrics.logloss)), ("learning_rate", .number(learningRate)),
      ("samples_per_second", .optional(samplesPerSecond)),
    ])
  }
}
