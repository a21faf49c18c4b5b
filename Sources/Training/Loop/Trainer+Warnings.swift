import ClickData
import Models
import Platform

/// What looks wrong, in one line each, with the number that shows it.
extension Trainer {
  /// A factor of growth beyond which a loss has probably diverged.
  private static let growth = 10.0
  /// A lowest loss below this is that of a model that knows its rows by heart.
  private static let smallLoss = 0.01
  /// The magnitude of a number beyond which its products with weights overflow soon.
  private static let largeNumber: Float = 1e6

  /// What an earlier pass over a split found of unseen values.
  func unseen(of split: String) -> UnseenValues? {
    record.passes.first { $0.split == split }?.unseen
  }

  /// Records a pass that has ended, and warns about its rows.
  func add(_ pass: PassRecord) {
    var pass = pass
    pass.unseen = pass.unseen ?? unseen(of: pass.split)
    let earlier = record.passes.first { $0.split == pass.split }
    state.record.add(data.selects ? pass : earlier?.adding(pass) ?? pass)
    observer?.observe(.passed(pass))
    for warning in pass.warnings { warn(warning) }
  }

  func warn(about metrics: Metrics, of split: String, isEpochOver: Bool) {
    for warning in metrics.warnings(of: split, isEpochOver: isEpochOver) {
      warn(warning.text, once: warning.kind)
    }
    if metrics.auc == nil && settings.monitor.auc != 0 && split == "valid" {
      warn("valid: without an AUC the monitor is -logloss")
    }
  }

  func warnOfOneClass(rows: Int, positives: Int) {
    guard positives == 0 || positives == rows else { return }
    warn("train: none of \(rows) rows was \(positives == 0 ? "clicked" : "not clicked")")
  }

  /// Warns of a validation loss, and of the training loss beside it, that has grown tenfold.
  func warnOfGrowth(_ evaluation: Evaluation) {
    if let loss = evaluation.metrics.logloss {
      let lowest = record.evaluations.compactMap(\.metrics.logloss).min()
      warnOfGrowth(of: "valid: the logloss", to: loss, from: lowest)
    }
    if let loss = evaluation.trainLoss { warnOfGrowth(ofTrainLossTo: loss) }
  }

  /// Warns of a training loss that has grown tenfold.
  func warnOfGrowth(ofTrainLossTo loss: Double) {
    let losses = record.evaluations.compactMap(\.trainLoss) + record.reports.map(\.trainLoss)
    warnOfGrowth(of: "train: the loss", to: loss, from: losses.min())
  }

  private func warnOfGrowth(of name: String, to loss: Double, from lowest: Double?) {
    guard let lowest, loss >= Self.growth * max(lowest, Self.smallLoss) else { return }
    warn(
      "\(name) is \(NumberText.short(loss)), \(NumberText.short(loss / lowest)) times the lowest "
        + "so far (\(NumberText.short(lowest))); lower training.learning_rate",
      once: "\(name) grew")
  }

  /// Counts the values of a training batch in the first epoch, and warns of unsuitable ones.
  func examine(_ batch: EncodedBatch) {
    if batch.rows == 1, !model.statistics.isEmpty {
      warn(
        "train: epoch \(record.epochs) ends with a batch of one row, which batch normalisation "
          + "cannot measure: it uses the running statistics; choose another training.batch_size",
        once: "one row")
    }
    guard let census else { return }
    census.add(batch)
    for (field, schema) in model.schema.enumerated() {
      guard let values = batch.values(field),
        let row = Self.firstLargeNumber(values, rows: batch.rows)
      else { continue }
      warn(
        "train: field \(schema.name) has the number \(NumberText.short(Double(values[row]))) in "
          + "row \(batch.positions[row]), and encoding: value multiplies its vector by it; "
          + "beyond 1e6 training diverges: set features.overrides.\(schema.name) to "
          + "{encoding: value, scale: standard} or {encoding: quantile}",
        once: "large \(schema.name)")
    }
  }

  private static func firstLargeNumber(_ values: UnsafePointer<Float>, rows: Int) -> Int? {
    var count = 0
    for row in 0..<rows { count &+= abs(values[row]) > largeNumber ? 1 : 0 }
    return count > 0 ? (0..<rows).first { abs(values[$0]) > largeNumber } : nil
  }

  /// Sends a warning, unless one of the same kind was sent before.
  func warn(_ warning: String, once kind: String? = nil) {
    if warned.insert(kind ?? warning).inserted { observer?.observe(.warning(warning)) }
  }
}
