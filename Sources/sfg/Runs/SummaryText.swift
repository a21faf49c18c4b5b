import ClickData
import Foundation
import Platform

/// What was made, as text and as JSON, and words for what is in data.
enum SummaryText {
  /// What was made, and the best that any model can reach on it.
  static func text(_ summary: SyntheticSummary, path: String, speed: Double) -> String {
    let auc = summary.bestAUC.map { Readable.fixed($0, decimals: 6) } ?? "undefined"
    return """
      \(path): \(summary.rows) rows, click rate \(percent(summary.clickRate)), \
      \(Readable.count(speed)) rows/s
      best attainable, by the true probabilities: AUC \(auc), Logloss \
      \(Readable.fixed(summary.bestLogloss, decimals: 6))
      """
  }

  static func json(_ summary: SyntheticSummary) -> JSONValue {
    .object([
      ("rows", .integer(summary.rows)), ("positives", .integer(summary.clicks)),
      ("click_rate", .number(summary.clickRate)), ("best_AUC", .optional(summary.bestAUC)),
      ("best_logloss", .number(summary.bestLogloss)),
    ])
  }

  /// What the configuration calls an encoding.
  static func encoding(_ field: FittedField) -> String {
    switch field.encoding {
    case .hash: "hash"
    case .vocabulary: "vocabulary"
    case .logBucket: "log_bucket"
    case .quantile: "quantile"
    case .value, .standardValue: "value"
    }
  }

  /// A share in percent.
  static func percent(_ share: Double) -> String {
    "\(Readable.fixed(100 * share, decimals: 2)) %"
  }

  /// A number of a field; blank where there is none.
  static func number(_ value: Double?) -> String {
    guard let value else { return "" }
    return Int(exactly: value).flatMap { abs($0) < 1_000_000_000 ? "\($0)" : nil }
      ?? String(format: "%.6g", value)
  }
}
