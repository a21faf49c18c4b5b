import LinearAlgebra
import Platform

/// What metrics are computed from: sums in the order of the rows, and the logits of each class.
struct PredictionSummary {
  /// The logits of clicked rows; ascending once all rows are there.
  var positives: [LogitKey] = []
  /// The logits of the other rows, likewise.
  var negatives: [LogitKey] = []
  /// The sum of the losses.
  var lossSum = 0.0
  /// The sum of the predicted probabilities.
  var probabilitySum = 0.0

  /// The number of rows.
  var rows: Int { positives.count + negatives.count }

  /// Whether all rows, of two or more, have the same logit.
  var isConstant: Bool {
    let lowest = [positives.first, negatives.first].compactMap { $0 }.min()
    let highest = [positives.last, negatives.last].compactMap { $0 }.max()
    return rows > 1 && lowest == highest
  }
}

/// Collects the logits of a split, batch by batch, and computes its metrics once all are there.
///
/// It keeps 4 bytes per row (twice that, class by class, while sorting). Sums run in the order of
/// the rows, in double, so equal rows give equal bits.
public struct MetricsAccumulator {
  private var summary = PredictionSummary()
  /// The scores of the current batch.
  private var scores: [LogitScore] = []
  private let pool: WorkerPool

  /// Starts without rows; the threads of a pool share the exponentials and the sorting.
  public init(pool: WorkerPool = WorkerPool(threads: 1)) { self.pool = pool }

  /// Rows added so far.
  public var rows: Int { summary.rows }

  /// Adds the logits `[rows, 1]` of a batch and its labels, each 0 or 1.
  ///
  /// Throws `TrainingFailure.nonFiniteLogit` at the first such logit, so no metric is ever NaN.
  public mutating func add(logits: MatrixView, labels: UnsafePointer<Float>) throws {
    precondition(
      logits.columns == 1, "MetricsAccumulator: expected one logit per row, got \(logits.columns)")
    score(logits, labels)
    try sum(logits)
    partition(logits, by: labels)
  }

  /// Scores the rows on any thread: only their sums depend on an order.
  private mutating func score(_ logits: MatrixView, _ labels: UnsafePointer<Float>) {
    let missing = logits.rows - scores.count
    if missing > 0 { scores += repeatElement(LogitScore(logit: 0, clicked: false), count: missing) }
    scores.withUnsafeMutableBufferPointer { scores in
      pool.tiles(of: logits.rows, size: 256) { rows in
        for row in rows {
          scores[row] = LogitScore(logit: Double(logits[row, 0]), clicked: labels[row] > 0.5)
        }
      }
    }
  }

  /// Adds the scores in the order of the rows.
  private mutating func sum(_ logits: MatrixView) throws {
    var (losses, probabilities) = (summary.lossSum, summary.probabilitySum)
    for row in 0..<logits.rows {
      guard logits[row, 0].isFinite else { throw TrainingFailure.nonFiniteLogit(row: rows + row) }
      losses += scores[row].loss
      probabilities += scores[row].probability
    }
    (summary.lossSum, summary.probabilitySum) = (losses, probabilities)
  }

  /// Appends each row's key to those of its class.
  ///
  /// Each key is written after both lists, and one list grows: no branch could predict clicks.
  private mutating func partition(_ logits: MatrixView, by labels: UnsafePointer<Float>) {
    var (clicked, others) = (summary.positives.count, summary.negatives.count)
    summary.positives += repeatElement(0, count: logits.rows)
    summary.negatives += repeatElement(0, count: logits.rows)
    summary.positives.withUnsafeMutableBufferPointer { positives in
      summary.negatives.withUnsafeMutableBufferPointer { negatives in
        for row in 0..<logits.rows {
          let key = LogitKey(ordering: logits[row, 0])
          (positives[clicked], negatives[others]) = (key, key)
          let click = labels[row] > 0.5 ? 1 : 0
          clicked += click
          others += 1 - click
        }
      }
    }
    summary.positives.removeLast(summary.positives.count - clicked)
    summary.negatives.removeLast(summary.negatives.count - others)
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
        pool.run(2) { RadixSort.sort(&($0 == 0 ? positives : negatives).pointee) }
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
