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
  /// The mean loss of the training rows since the evaluation before, each at its own step; nil without any.
  public let trainLoss: Double?
  /// How far the embedding tables have collapsed.
  public let collapse: TableCollapse
  /// The learning rate of the steps before it.
  public let learningRate: Double
  /// Training rows a second since the evaluation before; nil where none were trained.
  public internal(set) var samplesPerSecond: Double?
  /// The share of each phase in the time since the evaluation before.
  public internal(set) var shares: PhaseShares?

  /// The evaluation as a JSON object; an undefined metric is null.
  public var json: JSONValue {
    .object([
      ("step", .integer(step)), ("epoch", .integer(epoch)), ("rows", .integer(rows)),
      ("split", .text(split)), ("AUC", .optional(metrics.auc)),
      ("logloss", .optional(metrics.logloss)), ("train_loss", .optional(trainLoss)),
      ("learning_rate", .number(learningRate)),
      ("information_abundance", .optional(collapse.informationAbundance)),
      ("rankme", .optional(collapse.rankMe)),
      ("samples_per_second", .optional(samplesPerSecond)), ("shares", shares?.json ?? .null),
    ])
  }
}

/// What a checkpoint holds of an evaluation: all but times, which no two runs share.
extension Evaluation: Codable {
  private enum CodingKeys: CodingKey {
    case step, epoch, rows, split, metrics, trainLoss, collapse, learningRate
  }
}
