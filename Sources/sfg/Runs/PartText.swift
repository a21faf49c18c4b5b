import Training

/// What the terminal shows of the parts of a progressive run.
enum PartText {
  /// The log line of a part that was evaluated, or left out.
  static func sentence(_ part: PartEvaluation) -> String {
    guard let metrics = part.metrics else { return "\(part.name): no rows; left out" }
    return [
      part.name, "\(metrics.rows) rows", "AUC \(Readable.metric(metrics.auc))",
      "logloss \(Readable.metric(metrics.logloss))",
      "calibration \(Readable.metric(metrics[.calibration], decimals: 4))",
      "unseen \(Readable.percent(part.unseen?.share ?? 0))",
    ].joined(separator: " · ")
  }

  /// A table with one line per part; "–" where a part was not evaluated.
  static func table(_ parts: [PartEvaluation]) -> String {
    let metrics: [Metric] = [.auc, .logloss, .calibration]
    var table = TextTable(
      [("day", .left), ("rows", .right)] + metrics.map { ($0.title, .right) }
        + [("unseen", .right)])
    for part in parts {
      table.add(
        [part.name, "\(part.rows)"]
          + metrics.map { metric in
            part.metrics.map { Readable.metric($0[metric], decimals: metric.decimals) } ?? "–"
          } + [part.unseen.map { Readable.percent($0.share) } ?? "–"])
    }
    return table.description
  }
}
