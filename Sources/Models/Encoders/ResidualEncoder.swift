import LinearAlgebra
import Platform

/// Adds its input to what another encoder generates: `g(x) + x` (paper, section 1.2: `gen_residual`).
final class ResidualEncoder: FieldEncoder {
  var parameters: [Parameter] { encoder.parameters }
  var statistics: [RunningStatistic] { encoder.statistics }
  private let encoder: FieldEncoder
  private let pool: WorkerPool

  init(_ encoder: FieldEncoder, pool: WorkerPool) {
    self.encoder = encoder
    self.pool = pool
  }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    let output = encoder.forward(input, pass)
    add(input, to: output)
    return output
  }

  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldTensor) {
    encoder.backward(outputGradient, addingTo: inputGradient)
    add(outputGradient, to: inputGradient)
  }

  private func add(_ term: FieldTensor, to sum: FieldTensor) {
    pool.tiles(of: term.batch, size: 64) { rows in
      let tile = term.rows(rows)
      VectorKernels.add(tile.base, to: sum.rows(rows).base, count: tile.batch * tile.width)
    }
  }
}
