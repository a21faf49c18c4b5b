import LinearAlgebra
import Platform

/// Collects the logits of a split, batch by batch, and computes its metrics once all are there.
///
/// It keeps 4 bytes per row (twice that, class by class, while sorting), and as many again for the
/// weights of rows unless all are 1. Sums run in the order of the rows, in double, so equal rows
/// give equal bits, and weights of 1 the bits of rows without weights.
public struct MetricsAccumulator {
  private var summary: PredictionSummary
  /// The scores of the current batch.
  private var scores: [LogitScore] = []
  private let pool: WorkerPool

  /// Starts without rows; the threads of a pool share the exponentials and the sorting.
  ///
  /// `shift` is added to each logit before its loss and probability are computed: the order of the
  /// logits, and so the AUC, stays exactly that without it.
  public init(
    pool: WorkerPool = WorkerPool(threads: 1), weighting: RowWeighting = RowWeighting(),
    shift: Double = 0
  ) {
    self.pool = pool
    summary = PredictionSummary(weighting: weighting, shift: shift)
  }

  /// Rows added so far.
  public var rows: Int { summary.rows }

  /// The sum of the weights of these rows.
  public var weight: Double { summary.weight }

  /// Adds the logits `[rows, 1]` of a batch, its labels, each 0 or 1, and its weights if it has
  /// any.
  ///
  /// Throws `TrainingFailure.nonFiniteLogit` at the first such logit, so no metric is ever NaN.
  public mutating func add(
    logits: MatrixView, labels: UnsafePointer<Float>, weights: UnsafePointer<Float>? = nil
  ) throws {
    precondition(
      logits.columns == 1, "MetricsAccumulator: expected one logit per row, got \(logits.columns)")
    score(logits, labels)
    try sum(logits, labels, weights)
    partition(logits, labels, weights)
  }

  /// Scores the rows on any thread: only their sums depend on an order.
  private mutating func score(_ logits: MatrixView, _ labels: UnsafePointer<Float>) {
    let missing = logits.rows - scores.count
    if missing > 0 { scores += repeatElement(LogitScore(logit: 0, clicked: false), count: missing) }
    let shift = summary.shift
    scores.withUnsafeMutableBufferPointer { scores in
      pool.tiles(of: logits.rows, size: 256) { rows in
        for row in rows {
          scores[row] = LogitScore(
            logit: Double(logits[row, 0]) + shift, clicked: labels[row] > 0.5)
        }
      }
    }
  }

  /// Adds the scores in the order of the rows.
  private mutating func sum(
    _ logits: MatrixView, _ labels: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?
  ) throws {
    let weighting = summary.weighting
    let countsOnce = weights == nil && weighting.negativeRate == 1
    var (losses, probabilities) = (summary.lossSum, summary.probabilitySum)
    for row in 0..<logits.rows {
      guard logits[row, 0].isFinite else { throw TrainingFailure.nonFiniteLogit(row: rows + row) }
      guard !countsOnce else {
        losses += scores[row].loss
        probabilities += scores[row].probability
        continue
      }
      let weight = weighting.of(weights?[row] ?? 1, clicked: labels[row] > 0.5)
      losses += weight * scores[row].loss
      probabilities += weight * scores[row].probability
    }
    (summary.lossSum, summary.probabilitySum) = (losses, probabilities)
  }

  /// Appends each row's key, and its weight unless all are 1, to those of its class.
  private mutating func partition(
    _ logits: MatrixView, _ labels: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?
  ) {
    var found = (rows: logits.rows, clicks: 0)
    if let weights, summary.keepsWeights(weights, rows: logits.rows) {
      found.clicks = summary.append(logits, labels, weights)
    } else {
      found.clicks = summary.append(logits, labels)
    }
    summary.rows += found.rows
    summary.clicks += found.clicks
  }

  /// The metrics of all rows added so far.
  public mutating func metrics() -> Metrics {
    sort()
    return Metrics(summary)
  }

  /// The metrics and the reliability of all rows added so far.
  public mutating func measurement() -> EvaluatedRows {
    sort()
    return EvaluatedRows(metrics: Metrics(summary), reliability: summary.reliability)
  }

  private mutating func sort() {
    withUnsafeMutablePointer(to: &summary.positives) { positives in
      withUnsafeMutablePointer(to: &summary.negatives) { negatives in
        pool.run(2) { ($0 == 0 ? positives : negatives).pointee.sort() }
      }
    }
  }
}

/// How well the predictions of some rows fit their labels.
public struct EvaluatedRows: Equatable, Sendable {
  /// The metrics.
  public var metrics: Metrics
  /// The bins in ascending order of their predictions.
  public let reliability: [ReliabilityBin]
}
