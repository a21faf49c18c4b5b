import COpenBLAS
import LinearAlgebra
import Models
import Platform

/// sgemm by itself over every product that a training step of a model takes, one after another.
///
/// Each product is cut into as many pieces as there are threads, along its result's rows. Every weight has an input,
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

  private enum Reading { case plain, transposed }

  private func product(
    _ m: Int, _ n: Int, _ k: Int, _ a: Matrix, _ readingA: Reading, _ b: Matrix,
    _ readingB: Reading, _ c: Matrix
  ) {
    let piece = (m + pool.threads - 1) / pool.threads
    pool.tiles(of: m, size: (piece + 7) / 8 * 8) { rows in
      let start = readingA == .transposed ? rows.lowerBound : rows.lowerBound * a.columns
      cblas_sgemm(
        CblasRowMajor, readingA == .transposed ? CblasTrans : CblasNoTrans,
        readingB == .transposed ? CblasTrans : CblasNoTrans, blasint(rows.count), blasint(n),
        blasint(k), 1, a.base + start, blasint(a.columns), b.base, blasint(b.columns), 0,
        c.base + rows.lowerBound * c.columns, blasint(c.columns))
    }
  }

  private static func filled(_ rows: Int, _ columns: Int) -> Matrix {
    let matrix = Matrix(rows: rows, columns: columns)
    for index in 0..<matrix.count { matrix.base[index] = Scalar(index % 17) * 0.01 - 0.08 }
    return matrix
  }
}
