import LinearAlgebra
import Models
import Platform

/// sgemm by itself over every product that a training step of a model takes, one after another.
///
/// Every weight has an input, an output and a gradient of its own, as in the model, so the caches meet as much memory.
final class SgemmAlone {
  private struct Weight {
    let inputs: Int
    let outputs: Int
    let weight: Matrix
    let weightGradient: Matrix
    let input: Matrix
    let output: Matrix
    let inputGradient: Matrix
  }

  private let weights: [Weight]
  private let batch: Int
  private let pool: WorkerPool
  /// Floating-point operations of `step`.
  let operations: Double

  init(_ model: CTRModel, batch: Int, pool: WorkerPool) {
    self.batch = batch
    self.pool = pool
    // A product with a single output is no matrix product to BLAS; its share is a thousandth.
    weights = model.parameters.filter {
      $0.touched == nil && $0.shape.count == 2 && $0.shape[0] > 1
    }
    .map { parameter in
      let (outputs, inputs) = (parameter.shape[0], parameter.shape[1])
      return Weight(
        inputs: inputs, outputs: outputs, weight: Matrix.filled(outputs, inputs),
        weightGradient: Matrix.filled(outputs, inputs), input: Matrix.filled(batch, inputs),
        output: Matrix.filled(batch, outputs), inputGradient: Matrix.filled(batch, inputs))
    }
    operations = weights.reduce(0) { $0 + 6 * Double($1.inputs * $1.outputs * batch) }
  }

  /// The three products of every weight: forward in order, then both gradients in reverse.
  func step() {
    for w in weights {
      SgemmPieces.multiply(
        batch, w.outputs, w.inputs, w.input, .plain, w.weight, .transposed, w.output, pool)
    }
    for w in weights.reversed() {
      SgemmPieces.multiply(
        w.outputs, w.inputs, batch, w.output, .transposed, w.input, .plain, w.weightGradient, pool)
      SgemmPieces.multiply(
        batch, w.inputs, w.outputs, w.output, .plain, w.weight, .plain, w.inputGradient, pool)
    }
  }
}
