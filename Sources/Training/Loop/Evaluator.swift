import ClickData
import LinearAlgebra
import Models
import Platform

/// Computes a model's metrics over rows; the model's parameters and gradients stay as they are.
///
/// Rows count with their weights, and those of a source whose negatives were sampled count as
/// `RowWeighting` describes. Predictions are the model's logits, plus its `logitShift`,
/// recalibrated if there is a recalibration, in this order.
public struct Evaluator {
  private let model: any LogitSource
  private let recalibration: Recalibration?

  /// Evaluates one model, by recalibrated logits as well if there is a recalibration.
  public init(_ model: any LogitSource, recalibration: Recalibration? = nil) {
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

  /// The model's own logits of all rows of a pass, with its shift, counted for a recalibration.
  ///
  /// Throws if the pass has no rows, or if a logit is not finite.
  public func logitCounts(
    _ source: any BatchSource, split: String,
    each: () throws -> Void = {}
  ) throws -> LogitCounts {
    var weighting: RowWeighting?
    var counts = LogitCounts()
    while let batch = try source.next() {
      guard batch.rows > 0 else { continue }
      if weighting == nil {
        let found = RowWeighting(of: source, batch)
        (weighting, counts) = (found, LogitCounts(weighting: found))
      }
      let logits = try model.logits(of: batch)
      shift(logits)
      try counts.add(logits: logits, labels: batch.labels, weights: batch.weights)
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
      let logits = try model.logits(of: batch)
      for row in 0..<batch.rows where !logits[row, 0].isFinite {
        throw TrainingFailure.nonFiniteLogit(row: rows + row)
      }
      shift(logits)
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
    var recalibrated: MetricsAccumulator?
    while let batch = try source.next() {
      guard batch.rows > 0 else { continue }
      if own.rows == 0 {
        let weighting = RowWeighting(of: source, batch)
        own = MetricsAccumulator(pool: model.pool, weighting: weighting, shift: model.logitShift)
        recalibrated = recalibration.map { _ in
          MetricsAccumulator(pool: model.pool, weighting: weighting)
        }
      }
      let logits = try model.logits(of: batch)
      // With the shift apart from the logits: rounding their sum would tie some of them.
      try own.add(logits: logits, labels: batch.labels, weights: batch.weights)
      shift(logits)
      if let recalibration {
        recalibration.apply(to: logits, pool: model.pool)
        try recalibrated?.add(logits: logits, labels: batch.labels, weights: batch.weights)
      }
      try each(batch, logits)
    }
    guard own.rows > 0 else { throw TrainingFailure.noRows(split: split) }
    guard own.weight > 0 else { throw TrainingFailure.noWeight(split: split, rows: own.rows) }
    return (own, recalibrated)
  }

  /// Adds the model's shift to its logits: the only place where predictions are corrected.
  private func shift(_ logits: MatrixView) {
    guard model.logitShift != 0 else { return }
    for row in 0..<logits.rows {
      logits[row, 0] = Scalar(Double(logits[row, 0]) + model.logitShift)
    }
  }
}

extension RowWeighting {
  /// How the rows of a source count, of which a batch is given.
  fileprivate init(of source: any BatchSource, _ batch: EncodedBatch) {
    self.init(negativeRate: source.negativeRate, isWeighted: batch.weights != nil)
  }
}
