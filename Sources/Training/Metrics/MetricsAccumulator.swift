import LinearAlgebra
import Platform

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
  private var judged: [Logloss] = []
  private let pool: WorkerPool

  /// Starts without rows; a pool's threads share the exponentials and the sorting.
  public init(pool: WorkerPool = WorkerPool(threads: 1)) { self.pool = pool }

  /// Rows added so far.
  public var rows: Int { positives.count + negatives.count }

  /// Adds the logits `[rows, 1]` of a batch and its labels, each 0 or 1.
  ///
  /// Throws `TrainingFailure.nonFiniteLogit` at the first that is not finite, so no metric is ever NaN.
  public mutating func add(logits: MatrixView, labels: UnsafePointer<Float>) throws {
    precondition(
      logits.columns == 1, "MetricsAccumulator: expected one logit a row, got \(logits.columns)")
    judge(logits, labels)
    try sum(logits)
    divide(logits, by: labels)
  }

  /// Adds up what was judged, in the order of the rows.
  private mutating func sum(_ logits: MatrixView) throws {
    var (losses, probabilities) = (lossSum, probabilitySum)
    var (least, most) = (lowest, highest)
    for row in 0..<logits.rows {
      let logit = logits[row, 0]
      guard logit.isFinite else { throw TrainingFailure.nonFiniteLogit(row: rows + row) }
      losses += judged[row].loss
      probabilities += judged[row].probability
      least = min(least, logit)
      most = max(most, logit)
    }
    (lossSum, probabilitySum) = (losses, probabilities)
    (lowest, highest) = (least, most)
  }

  /// Keeps each row's key with those of its class.
  ///
  /// Each key is written behind both lists, and one of them grows: no branch could foretell the clicks.
  private mutating func divide(_ logits: MatrixView, by labels: UnsafePointer<Float>) {
    var (clicked, others) = (positives.count, negatives.count)
    positives += repeatElement(0, count: logits.rows)
    negatives += repeatElement(0, count: logits.rows)
    positives.withUnsafeMutableBufferPointer { positives in
      negatives.withUnsafeMutableBufferPointer { negatives in
        for row in 0..<logits.rows {
          let key = LogitKey(ordering: logits[row, 0])
          (positives[clicked], negatives[others]) = (key, key)
          let click = labels[row] > 0.5 ? 1 : 0
          clicked += click
          others += 1 - click
        }
      }
    }
    positives.removeLast(positives.count - clicked)
    negatives.removeLast(negatives.count - others)
  }

  /// Judges the rows one by one, on any thread: only their sums depend on an order.
  private mutating func judge(_ logits: MatrixView, _ labels: UnsafePointer<Float>) {
    let missing = logits.rows - judged.count
    if missing > 0 {
      judged += repeatElement(Logloss(logit: 0, clicked: false), count: missing)
    }
    judged.withUnsafeMutableBufferPointer { judged in
      pool.tiles(of: logits.rows, size: 256) { rows in
        for row in rows {
          judged[row] = Logloss(logit: Double(logits[row, 0]), clicked: labels[row] > 0.5)
        }
      }
    }
  }

  /// The metrics of all rows added so far.
  public mutating func metrics() -> Metrics {
    withUnsafeMutablePointer(to: &positives) { positives in
      withUnsafeMutablePointer(to: &negatives) { negatives in
        pool.run(2) { RadixSort.sort(&($0 == 0 ? positives : negatives).pointee) }
      }
    }
    return Metrics(
      rows: rows, positives: positives.count,
      auc: AUC.area(positives: positives, negatives: negatives), lossSum: lossSum,
      probabilitySum: probabilitySum, isConstant: rows > 1 && lowest == highest)
  }
}
