import LinearAlgebra
import Platform

/// The rows that have one value in a column: the logits of its clicked and of its other rows.
struct Group: Equatable {
  var name: [UInt8]
  /// The number of rows, those of weight 0 included.
  var rows: Int
  /// The number of clicked rows, likewise.
  var clicks: Int
  /// Ascending, as those of the other rows; rows of weight 0 are left out of both.
  var clicked: RankedLogits
  var others: RankedLogits

  /// The AUC of the rows; nil unless rows of both classes count.
  var auc: Double? { Metric.auc.value(summary(RowWeighting())) }

  private func summary(_ weighting: RowWeighting) -> PredictionSummary {
    PredictionSummary(
      positives: clicked, negatives: others, rows: rows, clicks: clicks, weighting: weighting)
  }

  /// The metrics of the rows; sums are in the order of the logits.
  func segment(_ weighting: RowWeighting) -> Segment {
    var summary = summary(weighting)
    for (logits, isClicked) in [(others, false), (clicked, true)] {
      for (index, key) in logits.keys.enumerated() {
        let score = LogitScore(logit: Double(key.logit), clicked: isClicked)
        let own = logits.hasWeights ? logits.weights[index] : 1
        let weight = weighting.of(own, clicked: isClicked)
        summary.lossSum += weight * score.loss
        summary.probabilitySum += weight * score.probability
      }
    }
    func value(_ metric: Metric) -> Double? { summary.weight > 0 ? metric.value(summary) : nil }
    return Segment(
      name: name, rows: rows, clicks: clicks, auc: value(.auc), logloss: value(.logloss),
      calibration: value(.calibration))
  }

  /// Adds the rows of the same group.
  mutating func add(_ other: Group) {
    rows += other.rows
    clicks += other.clicks
    clicked = Self.sorted(
      clicked.keys + other.clicked.keys, clicked.weights + other.clicked.weights)
    others = Self.sorted(others.keys + other.others.keys, others.weights + other.others.weights)
  }

  /// Sorts few keys by comparison, because a radix sort has a fixed cost; weights are one per key,
  /// or none where all are 1.
  static func sorted(_ keys: [LogitKey], _ weights: [Float]) -> RankedLogits {
    var logits = RankedLogits()
    guard weights.isEmpty else {
      logits.beginWeights()
      let order = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
      for index in order where weights[index] > 0 { logits.append(keys[index], weights[index]) }
      return logits
    }
    logits.keys = keys
    if keys.count > 2048 { RadixSort.sort(&logits.keys) } else { logits.keys.sort() }
    return logits
  }
}

/// How well predictions fit the rows that have one value in a column.
public struct Segment: Equatable, Sendable {
  /// The value.
  public let name: [UInt8]
  /// The number of rows.
  public let rows: Int
  /// The number of clicked rows.
  public let clicks: Int
  /// The area under the ROC curve of these rows; nil where one class is missing.
  public let auc: Double?
  /// The mean of `−y·log p − (1 − y)·log(1 − p)`; nil where no row has weight.
  public let logloss: Double?
  /// The mean predicted over the mean observed click rate; nil without a click.
  public let calibration: Double?

  /// The share of clicked rows.
  public var clickRate: Double { Double(clicks) / Double(rows) }
}
