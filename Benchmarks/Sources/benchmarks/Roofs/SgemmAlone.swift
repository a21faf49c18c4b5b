import LinearAlgebra
import Models
import Platform

/// sgemm by itself over every product that a training step of a model takes, one after another.
///
/// Every weight has an input,
/// an output and a gradient of its own, as in the model, so the caches meet as much memory.
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
        inputs: inputs, outputs: outputs, weight: Self.filled(outputs, inputs),
        weightGradient: Self.filled(outputs, inputs), input: Self.filled(batch, inputs),
        output: Self.filled(batch, outputs), inputGradient: Self.filled(batch, inputs))
    }
    operations = weights.reduce(0) { $0 + 6 * Double($1.inputs * $1.outputs * batch) }
  }

  /// The three products of every weight: forward in order, then both gradients in reverse.
  func step() {
    for w in weights {
      product(batch, w.outputs, w.inputs, w.input, .plain, w.weight, .transposed, w.output)
    }
    for w in weights.reversed() {
      product(w.outputs, w.inputs, batch, w.output, .transposed, w.input, .plain, w.weightGradient)
      product(batch, w.inputs, w.outputs, w.output, .plain, w.weight, .plain, w.inputGradient)
    }
  }

  private func product(
    _ m: Int, _ n: Int, _ k: Int, _ a: Matrix, _ readingA: SgemmPieces.Reading, _ b: Matrix,
    _ readingB: SgemmPieces.Reading, _ c: Matrix
  ) {
    SgemmPieces.multiply(m, n, k, a, readingA, b, readingB, c, pool)
  }

  private static func filled(_ rows: Int, _ columns: Int) -> Matrix {
    let matrix = Matrix(rows: rows, columns: columns)
    for index in 0..<matrix.count { matrix.base[index] = Scalar(index % 17) * 0.01 - 0.08 }
    return matrix
  }
}
