import LinearAlgebra
import Models
import Platform

/// sgemm alone on all products of a training step of a model, one after another.
///
/// Each weight has its own input, output and gradients, as in the model, so that the caches hold as
/// much memory.
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
    // Layers with a single output are left out: BLAS computes them as a matrix-vector product, and
    // they are a thousandth of the work.
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
      ParallelSgemm.multiply(
        batch, w.outputs, w.inputs, w.input, .plain, w.weight, .transposed, w.output, pool)
    }
    for w in weights.reversed() {
      ParallelSgemm.multiply(
        w.outputs, w.inputs, batch, w.output, .transposed, w.input, .plain, w.weightGradient, pool)
      ParallelSgemm.multiply(
        batch, w.inputs, w.outputs, w.output, .plain, w.weight, .plain, w.inputGradient, pool)
    }
  }
}
