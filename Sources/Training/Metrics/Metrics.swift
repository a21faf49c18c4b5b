import Glibc
import Platform

/// How well the predictions of some rows fit their labels; what the rows leave undefined is nil.
public struct Metrics: Equatable, Sendable, Codable {
  /// Rows judged.
  public let rows: Int
  /// Rows that were clicked.
  public let positives: Int
  /// The area under the ROC curve; nil where one class is missing.
  public let auc: Double?
  /// The mean of `−y·log p − (1 − y)·log(1 − p)`; nil without rows.
  public let logloss: Double?
  /// Mean predicted over mean observed click rate; nil without a click.
  public let calibration: Double?
  /// Logloss over the entropy of the click rate (He et al., ADKDD 2014); nil where one class is missing.
  public let normalizedEntropy: Double?
  /// Whether every row got the same logit, of two rows or more.
  public let isConstant: Bool

  /// Derives the metrics from sums over the rows.
  init(
    rows: Int, positives: Int, auc: Double?, lossSum: Double, probabilitySum: Double,
    isConstant: Bool
  ) {
    self.rows = rows
    self.positives = positives
    self.auc = auc
    self.isConstant = isConstant
    logloss = rows > 0 ? lossSum / Double(rows) : nil
    calibration = positives > 0 ? probabilitySum / Double(positives) : nil
    let rate = Double(positives) / Double(max(rows, 1))
    let entropy = -(rate * log(rate) + (1 - rate) * log1p(-rate))
    normalizedEntropy =
      positives > 0 && positives < rows ? lossSum / Double(rows) / entropy : nil
  }
}

extension Metrics {
  /// The metrics as the members of a JSON object, undefined ones as null.
  public var json: [(String, JSONValue)] {
    [
      ("AUC", .optional(auc)), ("logloss", .optional(logloss)),
      ("calibration", .optional(calibration)),
      ("normalized_entropy", .optional(normalizedEntropy)), ("rows", .integer(rows)),
      ("positives", .integer(positives)),
    ]
  }
}
