import LinearAlgebra

/// Collects the logits of a split, batch by batch, and judges them once all are there.
///
/// It keeps 4 bytes a row (twice that, class by class, while sorting). Sums run in the order of the rows, in
/// double, so equal rows give equal bits.
public struct MetricsAccumulator {
  private var positives: [LogitKey] = []
  private var negatives: [LogitKey] = []
  private var lossSum = 0.0
  private var probabilitySum = 0.0
  private var lowest = Scalar.infinity
  private var highest = -Scalar.infinity

  /// Starts without rows.
  public init() {}

  /// Rows added so far.
  public var rows: Int { positives.count + negatives.count }

  /// Adds the logits `[rows, 1]` of a batch and its labels, each 0 or 1.
  ///
  /// Throws `TrainingFailure.nonFiniteLogit` at the first that is not finite, so no metric is ever NaN.
  public mutating func add(logits: MatrixView, labels: UnsafePointer<Float>) throws {
    precondition(
      logits.columns == 1, "MetricsAccumulator: expected one logit a row, got \(logits.columns)")
    for row in 0..<logits.rows {
      let logit = logits[row, 0]
      guard logit.isFinite else { throw TrainingFailure.nonFiniteLogit(row: rows) }
      let clicked = labels[row] > 0.5
      let judged = Logloss(logit: Double(logit), clicked: clicked)
      lossSum += judged.loss
      probabilitySum += judged.probability
      lowest = min(lowest, logit)
      highest = max(highest, logit)
      if clicked {
        positives.append(LogitKey(ordering: logit))
      } else {
        negatives.append(LogitKey(ordering: logit))
      }
    }
  }

  /// The metrics of all rows added so far.
  public mutating func metrics() -> Metrics {
    RadixSort.sort(&positives)
    RadixSort.sort(&negatives)
    return Metrics(
      rows: rows, positives: positives.count,
      auc: AUC.area(positives: positives, negatives: negatives), lossSum: lossSum,
      probabilitySum: probabilitySum, isConstant: rows > 1 && lowest == highest)
  }
}
