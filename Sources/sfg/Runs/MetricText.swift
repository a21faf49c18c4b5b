import Training

/// Metrics as a person reads them; what is undefined says so.
enum MetricText {
  static func auc(_ metrics: Metrics) -> String { text(metrics.auc) }
  static func logloss(_ metrics: Metrics) -> String { text(metrics.logloss) }

  /// A table of one split a row.
  static func table(_ splits: [(name: String, metrics: Metrics)]) -> String {
    var table = TextTable(
      [("split", .left)] + (["rows", "clicks"] + Metric.all.map(\.title)).map { ($0, .right) })
    for (name, metrics) in splits {
      table.add(
        [name, "\(metrics.rows)", "\(metrics.positives)"]
          + Metric.all.map { text(metrics[$0], decimals: $0.decimals) })
    }
    return table.description
  }

  private static func text(_ metric: Double?, decimals: Int = 6) -> String {
    metric.map { Readable.fixed($0, decimals: decimals) } ?? "undefined"
  }
}
