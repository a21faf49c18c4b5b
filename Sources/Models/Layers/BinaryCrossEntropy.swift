import Glibc
import LinearAlgebra

/// The loss of a click: `−y·ln p − (1 − y)·ln(1 − p)` with `p = sigmoid(logit)`, as `softplus(z) − y·z`.
public enum BinaryCrossEntropy {
  /// The mean loss over a batch, in double; `gradient[b] = (sigmoid(z_b) − y_b) / batch`.
  ///
  /// Shapes: `logits` and `gradient` are `[batch, 1]`. Never overflows, for logits of any size.
  public static func forward(
    logits: MatrixView, labels: UnsafePointer<Float>, gradient: MatrixView
  ) -> Double {
    var sum = 0.0
    // The logarithms of many rows are one: a product of 512 factors of at most 2 is far from the largest double.
    var product = 1.0
    let scale = 1 / Double(logits.rows)
    for row in 0..<logits.rows {
      let logit = Double(logits[row, 0])
      let label = Double(labels[row])
      let e = exp(-abs(logit))
      sum += max(logit, 0) - label * logit
      product *= 1 + e
      if row & 511 == 511 {
        sum += log(product)
        product = 1
      }
      let probability = logit >= 0 ? 1 / (1 + e) : e / (1 + e)
      gradient[row, 0] = Scalar((probability - label) * scale)
    }
    return (sum + log(product)) * scale
  }
}
