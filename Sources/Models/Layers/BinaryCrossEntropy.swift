import Glibc
import LinearAlgebra
import Platform

/// The loss of a click: `−y·ln p − (1 − y)·ln(1 − p)` with `p = sigmoid(logit)`, as `softplus(z) −
/// y·z`.
public enum BinaryCrossEntropy {
  /// Rows that share one logarithm: a product of 512 factors of at most 2 is far from the largest
  /// double.
  private static let tileRows = 512

  /// The mean loss over a batch, in double; `gradient[b] = (sigmoid(z_b) − y_b) / batch`.
  ///
  /// Shapes: `logits` and `gradient` are `[batch, 1]`. Never overflows, for logits of any size.
  public static func forward(
    logits: MatrixView, labels: UnsafePointer<Float>, gradient: MatrixView,
    pool: WorkerPool = WorkerPool(threads: 1)
  ) -> Double {
    let tiles = (logits.rows + tileRows - 1) / tileRows
    let scale = 1 / Double(logits.rows)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: tiles) { losses in
      pool.tiles(of: logits.rows, size: tileRows) { rows in
        losses[rows.lowerBound / tileRows] = sum(rows, logits, labels, gradient, scale: scale)
      }
      return losses.reduce(0, +) * scale
    }
  }

  private static func sum(
    _ rows: Range<Int>, _ logits: MatrixView, _ labels: UnsafePointer<Float>,
    _ gradient: MatrixView, scale: Double
  ) -> Double {
    var sum = 0.0
    var product = 1.0
    for row in rows {
      let logistic = Logistic(Double(logits[row, 0]))
      let label = Double(labels[row])
      sum += max(logistic.logit, 0) - label * logistic.logit
      product *= 1 + logistic.decay
      gradient[row, 0] = Scalar((logistic.probability - label) * scale)
    }
    return sum + log(product)
  }
}
