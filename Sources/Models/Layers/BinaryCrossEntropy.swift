import Glibc
import LinearAlgebra
import Platform

/// The loss of a click: `−y·ln p − (1 − y)·ln(1 − p)` with `p = sigmoid(logit)`, as `softplus(z) −
/// y·z`.
public enum BinaryCrossEntropy {
  /// Rows that share one logarithm: a product of 512 factors of at most 2 is far from the largest
  /// double.
  private static let tileRows = 512

  /// The weighted mean loss over a batch, `Σ w·l / Σ w`, in double, of rows with weights `w`.
  ///
  /// With a `share`, the rows are this process's, and `total` is `Σ w` of the whole batch.
  /// `gradient[b] = (sigmoid(z_b) − y_b)·w_b / Σ w`; without weights each row has weight 1, and
  /// weights of 1 give the same bits. Where all weights are 0, so are the loss and the gradient.
  /// Shapes: `logits` and `gradient` are `[batch, 1]`. Never overflows, for logits of any size.
  public static func forward(
    logits: MatrixView, labels: UnsafePointer<Float>, weights: UnsafePointer<Float>? = nil,
    gradient: MatrixView, share: BatchShare = BatchShare(), total: Double? = nil,
    pool: WorkerPool = WorkerPool(threads: 1)
  ) -> Double {
    let tiles = PieceTiles(share.pieces(rows: logits.rows), size: tileRows)
    let total =
      total ?? weights.map { RowWeights.sum($0, rows: logits.rows) } ?? Double(logits.rows)
    let scale = total > 0 ? 1 / total : 0
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: max(tiles.count, 1)) { losses in
      losses[0] = 0
      pool.run(tiles.count) { tile in
        let rows = tiles[tile]
        losses[tile] =
          if let weights {
            sum(rows, logits, labels, weights, gradient, scale: scale)
          } else {
            sum(rows, logits, labels, gradient, scale: scale)
          }
      }
      tiles.sum { losses[$0] += losses[$1] }
      if let total = losses.baseAddress { share.sum(total, count: 1) }
      return losses[0] * scale
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

  private static func sum(
    _ rows: Range<Int>, _ logits: MatrixView, _ labels: UnsafePointer<Float>,
    _ weights: UnsafePointer<Float>, _ gradient: MatrixView, scale: Double
  ) -> Double {
    // Rows of equal weights share one logarithm, as rows without weights do.
    guard let first = rows.first.map({ weights[$0] }) else { return 0 }
    if rows.allSatisfy({ weights[$0] == first }) {
      let weight = Double(first)
      return weight * sum(rows, logits, labels, gradient, scale: weight * scale)
    }
    var sum = 0.0
    for row in rows {
      let logistic = Logistic(Double(logits[row, 0]))
      let (label, weight) = (Double(labels[row]), Double(weights[row]))
      sum += weight * logistic.loss(clicked: label > 0.5)
      gradient[row, 0] = Scalar((logistic.probability - label) * (weight * scale))
    }
    return sum
  }
}

/// Sums of the weights of rows.
public enum RowWeights {
  /// The sum of the weights of a batch's rows, in double: in their order within a piece, and the
  /// pieces as a tree.
  public static func sum(_ weights: UnsafePointer<Float>, rows: Int) -> Double {
    BatchPieces(rows: rows).sum { _, rows in rows.reduce(0) { $0 + Double(weights[$1]) } }
  }
}
