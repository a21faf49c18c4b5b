import Platform

/// One evaluation of a split and the state of training at the time: a line of `metrics.jsonl`.
public struct Evaluation: Equatable, Sendable {
  /// Steps taken before it.
  public let step: Int
  /// The epoch it belongs to, counted from 1.
  public let epoch: Int
  /// Training rows seen before it, over all epochs.
  public let rows: Int
  /// The split: "valid" or "test".
  public let split: String
  /// The metrics over the split's rows.
  public let metrics: Metrics
  /// The mean loss of training rows since the previous evaluation, each at its step; nil without.
  public let trainLoss: Double?
  /// How far the embedding tables have collapsed.
  public let collapse: TableCollapse
  /// The learning rate of the steps before it.
  public let learningRate: Double
  /// Training rows per second since the previous evaluation; nil without training rows.
  public internal(set) var samplesPerSecond: Double?
  /// Each phase's share of the time since the previous evaluation.
  public internal(set) var shares: PhaseTimes?

  /// The evaluation as a JSON object; an undefined metric is null.
  public var json: JSONValue {
    let position: [(String, JSONValue)] = [
      ("step", .integer(step)), ("epoch", .integer(epoch)), ("rows", .integer(rows)),
      ("split", .text(split)),
    ]
    let training: [(String, JSONValue)] = [
      ("train_loss", .optional(trainLoss)), ("learning_rate", .number(learningRate)),
      ("table_information_abundance", .optional(collapse.informationAbundance)),
      ("table_rankme", .optional(collapse.rankMe)),
      ("samples_per_second", .optional(samplesPerSecond)),
      ("shares", shares.map { .object($0.byName.map { ($0, Self.rounded($1)) }) } ?? .null),
    ]
    return .object(position + metrics.tracked.map { ($0, .optional($1)) } + training)
  }

  /// A share has four decimals.
  private static func rounded(_ share: Double) -> JSONValue {
    .number((share * 1e4).rounded() / 1e4)
  }
}

/// A checkpoint holds all of an evaluation except times, which differ between runs.
extension Evaluation: Codable {
  private enum CodingKeys: CodingKey {
    case step, epoch, rows, split, metrics, trainLoss, collapse, learningRate
  }
}
