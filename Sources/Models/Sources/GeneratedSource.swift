import LinearAlgebra
import Platform

/// The generative paradigm's source: what a field encoder makes of the input.
final class GeneratedSource: Source {
  var parameters: [Parameter] { encoder.parameters }
  var statistics: [RunningStatistic] { encoder.statistics }
  private let encoder: FieldEncoder
  private let gradient: Matrix
  private let pool: WorkerPool

  init(_ encoder: FieldEncoder, batchCapacity: Int, width: Int, pool: WorkerPool) {
    self.encoder = encoder
    self.pool = pool
    gradient = Matrix(rows: batchCapacity, columns: width)
  }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    encoder.forward(input, pass)
  }

  func outputGradient(within inputGradient: FieldTensor) -> FieldTensor {
    let rows = gradient.view.rows(0..<inputGradient.batch)
    pool.tiles(of: rows.rows, size: 64) { rows.rows($0).fill(0) }
    return FieldTensor(rows, fields: inputGradient.fields)
  }

  func backward(addingTo inputGradient: FieldTensor) {
    let rows = gradient.view.rows(0..<inputGradient.batch)
    encoder.backward(FieldTensor(rows, fields: inputGradient.fields), addingTo: inputGradient)
  }
}
