import ClickData
import LinearAlgebra
import Models

/// Computes a model's metrics over rows; the model's parameters and gradients stay as they are.
public struct Evaluator {
  private let model: CTRModel

  /// Evaluates one model.
  public init(_ model: CTRModel) { self.model = model }

  /// The metrics of all rows of a pass; `each` receives every batch with its logits.
  ///
  /// Throws if the pass has no rows, or if a logit is not finite.
  public func evaluate(
    _ source: any BatchSource, split: String,
    each: (EncodedBatch, MatrixView) throws -> Void = { _, _ in }
  ) throws -> Metrics {
    var accumulator = MetricsAccumulator(pool: model.pool)
    while let batch = try source.next() {
      guard batch.rows > 0 else { continue }
      let logits = model.forward(batch)
      try accumulator.add(logits: logits, labels: batch.labels)
      try each(batch, logits)
    }
    guard accumulator.rows > 0 else { throw TrainingFailure.noRows(split: split) }
    return accumulator.metrics()
  }
}

extension Metrics {
  /// Warnings about suspicious predictions, one sentence each.
  ///
  /// During the first epoch an AUC near 0.5 is no reason to worry.
  func warnings(of split: String, isEpochOver: Bool) -> [String] {
    var warnings: [String] = []
    if isConstant {
      warnings.append(
        "\(split): every row got the same prediction: the model learned nothing from its fields")
    }
    if auc == nil {
      let missing = positives == 0 ? "clicked" : "not clicked"
      warnings.append("\(split): AUC is undefined: none of \(rows) rows was \(missing)")
    } else if let auc, isEpochOver, abs(auc - 0.5) <= 0.001 {
      warnings.append(
        "\(split): AUC is \(auc), no better than chance: check the label, the fields and the "
          + "learning rate")
    }
    return warnings
  }
}
