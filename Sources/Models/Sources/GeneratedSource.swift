import LinearAlgebra
import Platform

/// The generative paradigm's source: what a field encoder makes of the input.
final class GeneratedSource: Source {
  var parameters: [Parameter] { encoder.parameters }
  var statistics: [RunningStatistic] { encoder.statistics }
  private let encoder: FieldEncoder
  private let gradients: LentMatrix
  private let pool: WorkerPool
  /// Borrowed from `outputGradient` to `backward`.
  private var gradient: FieldTensor?

  init(_ blueprint: Blueprint, _ encoder: FieldEncoder) {
    self.encoder = encoder
    gradients = blueprint.gradients
    gradients.reserve(rows: blueprint.batchCapacity, columns: blueprint.width)
    pool = blueprint.pool
  }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    encoder.forward(input, pass)
  }

  func outputGradient(within inputGradient: FieldTensor) -> FieldTensor {
    let rows = gradients.borrow(rows: inputGradient.batch, columns: inputGradient.width)
    pool.tiles(of: rows.rows, size: 64) { rows.rows($0).fill(0) }
    let gradient = FieldTensor(rows, fields: inputGradient.fields)
    self.gradient = gradient
    return gradient
  }

  func backward(addingTo inputGradient: FieldTensor) {
    guard let gradient else {
      preconditionFailure("GeneratedSource: backward before outputGradient")
    }
    encoder.backward(gradient, addingTo: inputGradient)
    self.gradient = nil
    gradients.giveBack()
  }
}
