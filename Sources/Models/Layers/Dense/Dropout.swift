import CXXHash
import LinearAlgebra
import Platform

/// Drops elements with probability `rate` and scales the others by `1/(1 − rate)` (Srivastava et al., 2014), in place.
///
/// Whether an element is dropped depends on the seed, the layer's name, the step, and its position alone, so neither
/// threads nor a resumed run can shift it. Evaluation changes nothing.
final class Dropout: DenseLayer {
  var parameters: [Parameter] { [] }
  var statistics: [RunningStatistic] { [] }
  private let rate: Double
  private let random: CounterRandom
  private let batchCapacity: Int
  private let pool: WorkerPool
  private var pass = Pass.evaluation

  init(_ blueprint: Blueprint, named name: String, rate: Double) {
    self.rate = rate
    random = blueprint.initializer.random(for: name)
    batchCapacity = blueprint.batchCapacity
    pool = blueprint.pool
  }

  func forward(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    self.pass = pass
    mask(values)
    return values
  }

  func backward(_ gradient: MatrixView) -> MatrixView {
    mask(gradient)
    return gradient
  }

  /// Multiplies by the mask of the step: the same one forward and backward.
  private func mask(_ values: MatrixView) {
    guard case .training = pass, rate > 0 else { return }
    pool.tiles(of: values.rows, size: 64) { rows in
      for row in rows { mask(values.row(row), row: row, count: values.columns, pass) }
    }
  }

  /// Multiplies one row of the batch by its mask; four draws come from one hash.
  func mask(_ x: UnsafeMutablePointer<Scalar>, row: Int, count: Int, _ pass: Pass) {
    guard case .training(let step) = pass, rate > 0 else { return }
    let threshold = UInt16(min(rate * 65536, 65535))
    let scale = Scalar(1 / (1 - Double(threshold) / 65536))
    let quarters = (count + 3) / 4
    let start = (step * batchCapacity + row) * quarters
    for quarter in 0..<quarters {
      var bits = random.bits(UInt64(start + quarter))
      for column in 4 * quarter..<min(4 * quarter + 4, count) {
        x[column] = UInt16(truncatingIfNeeded: bits) < threshold ? 0 : x[column] * scale
        bits >>= 16
      }
    }
  }
}
