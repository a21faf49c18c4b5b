import LinearAlgebra

/// The generative paradigm's source: what a field encoder makes of the input.
final class GeneratedSource: Source {
  var parameters: [Parameter] { encoder.parameters }
  var statistics: [RunningStatistic] { encoder.statistics }
  private let encoder: FieldEncoder
  private let gradient: Matrix

  init(_ encoder: FieldEncoder, batchCapacity: Int, width: Int) {
    self.encoder = encoder
    gradient = Matrix(rows: batchCapacity, columns: width)
  }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    encoder.forward(input, pass)
  }

  func outputGradient(within inputGradient: FieldTensor) -> FieldTensor {
    let rows = gradient.view.rows(0..<inputGradient.batch)
    rows.fill(0)
    return FieldTensor(rows, fields: inputGradient.fields)
  }

  func backward(addingTo inputGradient: FieldTensor) {
    let rows = gradient.view.rows(0..<inputGradient.batch)
    encoder.backward(FieldTensor(rows, fields: inputGradient.fields), addingTo: inputGradient)
  }
}
