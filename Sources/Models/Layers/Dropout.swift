import LinearAlgebra
import Platform

/// Drops elements with probability `rate` and scales the others by `1/(1 − rate)` (Srivastava et
/// al., 2014), in place.
///
/// Whether an element is dropped depends only on the seed, the layer's name, the step and the
/// element's position, not on threads or a resumed run. Evaluation changes nothing.
final class Dropout: RowLayer {
  let pool: WorkerPool
  private let rate: Double
  private let random: CounterRandom
  private let batchCapacity: Int
  private let share: BatchShare
  private let vectors: Int
  private var pass = Pass.evaluation
  private var values: MatrixView?

  /// A layer with the random numbers of the context's scope.
  init(_ context: LayerContext, rate: Double) {
    self.rate = rate
    random = context.random()
    batchCapacity = context.batchCapacity
    (share, vectors) = (context.share, context.vectors)
    pool = context.pool
  }

  func begin(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    self.pass = pass
    self.values = values
    return values
  }

  /// Multiplies by the step's mask.
  func forward(rows: Range<Int>) {
    guard let values else { preconditionFailure("Dropout: forward before begin") }
    for row in rows { mask(values.row(row), row: row, count: values.columns, pass) }
  }

  func graph(_ values: GraphValue, _: GraphBuilder) -> GraphValue { values }

  func begin(gradient: MatrixView) -> MatrixView {
    values = gradient
    return gradient
  }

  /// Multiplies by the same mask.
  func backward(rows: Range<Int>) { forward(rows: rows) }

  /// Multiplies one of this process's rows of the batch by its mask.
  func mask(_ x: UnsafeMutablePointer<Scalar>, row: Int, count: Int, _ pass: Pass) {
    guard case .training(let step) = pass, rate > 0 else { return }
    let place = share.rows.lowerBound * vectors + row
    let threshold = UInt32(min(rate * 0x1p32, 0x1p32 - 1))
    let scale = Scalar(1 / (1 - Double(threshold) * 0x1p-32))
    MaskKernel.drop(
      x, count: count, key: random.bits(UInt64(truncatingIfNeeded: step &* batchCapacity &+ place)),
      below: threshold, scale: scale)
  }
}
