import LinearAlgebra
import Platform

/// Adds its input to what another encoder generates, in some columns: `g(x) + x` (paper, section 1.2: `gen_residual`).
///
/// Where the other encoder generates nothing, what it adds is the raw input itself.
final class ResidualEncoder: FieldEncoder {
  var parameters: [Parameter] { encoder.parameters }
  var statistics: [RunningStatistic] { encoder.statistics }
  private let encoder: FieldEncoder
  private let columns: [Range<Int>]
  private let pool: WorkerPool

  init(_ encoder: FieldEncoder, adding columns: [Range<Int>], pool: WorkerPool) {
    self.encoder = encoder
    self.columns = columns
    self.pool = pool
  }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    let output = encoder.forward(input, pass)
    add(input.flattened, to: output.flattened)
    return output
  }

  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldTensor) {
    encoder.backward(outputGradient, addingTo: inputGradient)
    add(outputGradient.flattened, to: inputGradient.flattened)
  }

  private func add(_ term: MatrixView, to sum: MatrixView) {
    pool.tiles(of: term.rows, size: 64) { rows in
      for range in columns { sum.rows(rows).columns(range).add(term.rows(rows).columns(range)) }
    }
  }
}
