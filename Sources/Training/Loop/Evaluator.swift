import ClickData
import LinearAlgebra
import Models
import Platform

/// Computes a model's metrics over rows; the model's parameters and gradients stay as they are.
public struct Evaluator {
  private let model: CTRModel
  private let recalibration: Recalibration?

  /// Evaluates one model, by recalibrated logits as well if there is a recalibration.
  public init(_ model: CTRModel, recalibration: Recalibration? = nil) {
    self.model = model
    self.recalibration = recalibration
  }

  /// The metrics of all rows of a pass; `each` receives every batch with its logits.
  ///
  /// Throws if the pass has no rows, or if a logit is not finite.
  public func evaluate(
    _ source: any BatchSource, split: String,
    each: (EncodedBatch, MatrixView) throws -> Void = { _, _ in }
  ) throws -> Metrics {
    var scored = try score(source, split: split, each: each)
    return scored.recalibrated?.metrics() ?? scored.own.metrics()
  }

  /// The metrics and the reliability of all rows of a pass.
  ///
  /// `each` receives every batch with the logits to write, recalibrated if there is a
  /// recalibration. Throws if the pass has no rows, or if a logit is not finite.
  public func measure(
    _ source: any BatchSource, split: String,
    each: (EncodedBatch, MatrixView) throws -> Void = { _, _ in }
  ) throws -> (own: EvaluatedRows, recalibrated: EvaluatedRows?) {
    var scored = try score(source, split: split, each: each)
    return (scored.own.measurement(), scored.recalibrated?.measurement())
  }

  /// The model's own logits of all rows of a pass, counted for a recalibration.
  ///
  /// Throws if the pass has no rows, or if a logit is not finite.
  public func logitCounts(
    _ source: any BatchSource, split: String,
    each: () throws -> Void = {}
  ) throws -> LogitCounts {
    var counts = LogitCounts()
    while let batch = try source.next() {
      guard batch.rows > 0 else { continue }
      try counts.add(logits: model.forward(batch), labels: batch.labels)
      try each()
    }
    guard counts.rows > 0 else { throw TrainingFailure.noRows(split: split) }
    return counts
  }

  /// Predicts all rows of a pass, which may have no labels.
  ///
  /// `each` receives every batch with the logits to write, recalibrated if there is a
  /// recalibration. Throws if the pass has no rows, or if a logit is not finite.
  public func predict(
    _ source: any BatchSource, split: String, each: (EncodedBatch, MatrixView) throws -> Void
  ) throws {
    var rows = 0
    while let batch = try source.next() {
      guard batch.rows > 0 else { continue }
      let logits = model.forward(batch)
      for row in 0..<batch.rows where !logits[row, 0].isFinite {
        throw TrainingFailure.nonFiniteLogit(row: rows + row)
      }
      recalibration?.apply(to: logits, pool: model.pool)
      try each(batch, logits)
      rows += batch.rows
    }
    guard rows > 0 else { throw TrainingFailure.noRows(split: split) }
  }

  private func score(
    _ source: any BatchSource, split: String, each: (EncodedBatch, MatrixView) throws -> Void
  ) throws -> (own: MetricsAccumulator, recalibrated: MetricsAccumulator?) {
    var own = MetricsAccumulator(pool: model.pool)
    var recalibrated = recalibration.map { _ in MetricsAccumulator(pool: model.pool) }
    while let batch = try source.next() {
      guard batch.rows > 0 else { continue }
      let logits = model.forward(batch)
      try own.add(logits: logits, labels: batch.labels)
      if let recalibration {
        recalibration.apply(to: logits, pool: model.pool)
        try recalibrated?.add(logits: logits, labels: batch.labels)
      }
      try each(batch, logits)
    }
    guard own.rows > 0 else { throw TrainingFailure.noRows(split: split) }
    return (own, recalibrated)
  }
}

extension Metrics {
  /// Warnings about suspicious predictions, one sentence each, with their kinds.
  ///
  /// During the first epoch an AUC near 0.5 is no reason to worry.
  public func warnings(
    of split: String, isEpochOver: Bool = true
  ) -> [(text: String, kind: String)] {
    var warnings: [(text: String, kind: String)] = []
    func add(_ sentence: String, kind: String) {
      warnings.append(("\(split): \(sentence)", "\(split) \(kind)"))
    }
    if isConstant {
      add(
        "every row got the same prediction: the model learned nothing from its fields",
        kind: "constant")
    }
    if auc == nil {
      let missing = positives == 0 ? "clicked" : "not clicked"
      add("AUC is undefined: none of \(rows) rows was \(missing)", kind: "one class")
    } else if let auc, isEpochOver, abs(auc - 0.5) <= 0.001 {
      add(
        "AUC is \(NumberText.short(auc)), no better than chance: check the label, the fields and "
          + "the learning rate", kind: "chance")
    }
    if let entropy = self[.normalizedEntropy], isEpochOver, entropy > 1 {
      add(
        "normalised entropy is \(NumberText.short(entropy)); above 1, predicting the click rate "
          + "of these rows for all of them would be better: check the learning rate and the fields",
        kind: "entropy")
    }
    return warnings
  }
}
