import LinearAlgebra
import Platform

/// The rows that have one value in a column: the logits of its clicked and of its other rows.
struct Group: Equatable {
  var name: [UInt8]
  /// Ascending, as those of the other rows.
  var clicked: [LogitKey]
  var others: [LogitKey]

  var rows: Int { clicked.count + others.count }

  /// The AUC of the rows; nil where one class is missing.
  var auc: Double? { Metric.auc.value(summary) }

  private var summary: PredictionSummary {
    var summary = PredictionSummary()
    (summary.positives, summary.negatives) = (clicked, others)
    return summary
  }

  /// The metrics of the rows; sums are in the order of the logits.
  var segment: Segment {
    var summary = summary
    for (keys, isClicked) in [(others, false), (clicked, true)] {
      for key in keys {
        let score = LogitScore(logit: Double(key.logit), clicked: isClicked)
        summary.lossSum += score.loss
        summary.probabilitySum += score.probability
      }
    }
    return Segment(
      name: name, rows: rows, clicks: clicked.count, auc: Metric.auc.value(summary),
      logloss: Metric.logloss.value(summary), calibration: Metric.calibration.value(summary))
  }

  /// Adds the rows of the same group.
  mutating func add(_ other: Group) {
    clicked += other.clicked
    others += other.others
    Self.sort(&clicked)
    Self.sort(&others)
  }

  /// Sorts few keys by comparison, because a radix sort has a fixed cost.
  static func sort(_ keys: inout [LogitKey]) {
    if keys.count > 2048 { RadixSort.sort(&keys) } else { keys.sort() }
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
  /// The mean of `−y·log p − (1 − y)·log(1 − p)`.
  public let logloss: Double?
  /// The mean predicted over the mean observed click rate; nil without a click.
  public let calibration: Double?

  /// The share of clicked rows.
  public var clickRate: Double { Double(clicks) / Double(rows) }
}
