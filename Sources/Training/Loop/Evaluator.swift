import ClickData
import LinearAlgebra
import Models

/// Runs a model over rows and judges its predictions.
public struct Evaluator {
  private let model: CTRModel

  /// Evaluates one model.
  public init(_ model: CTRModel) { self.model = model }

  /// The metrics of all rows of a pass; `each` sees every batch with its logits on the way.
  ///
  /// Throws where the pass has no rows, or where a logit is not finite.
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
  /// What looks wrong about predictions that should mean something, a sentence each.
  ///
  /// Within the first epoch an AUC near that of chance is nothing to worry about.
  func warnings(of split: String, isEpochOver: Bool) -> [String] {
    var warnings: [String] = []
    if isConstant {
      warnings.append(
        "\(split): every row got the same prediction: the model has learned nothing of its fields")
    }
    if auc == nil {
      let missing = positives == 0 ? "clicked" : "not clicked"
      warnings.append("\(split): AUC is undefined: none of \(rows) rows was \(missing)")
    } else if let auc, isEpochOver, abs(auc - 0.5) <= 0.001 {
      warnings.append(
        "\(split): AUC is \(auc), that of chance: check the label, the fields and the learning rate"
      )
    }
    return warnings
  }
}
