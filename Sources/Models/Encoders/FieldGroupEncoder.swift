import LinearAlgebra
import Platform

/// Some fields generated from all, `gᵢ = γ·σ(x·W_{F(i)})`, and zeros in the place of the others (paper, section 3.2).
///
/// The `W_{F(i)}` of the k generated fields stand side by side in one weight, `[k·d, N·d]`, without bias. Whoever
/// wants the other fields raw adds them.
final class FieldGroupEncoder: FieldEncoder {
  var parameters: [Parameter] { linear.parameters + activation.parameters }
  private let linear: LinearLayer
  private let activation: DenseLayer
  private let columns: [Range<Int>]
  private let output: Matrix
  private let gradient: Matrix
  private let pool: WorkerPool

  /// Makes `name.weight`, its rows in the order of `fields`.
  init(_ blueprint: Blueprint, named name: String, generating fields: [Int]) {
    precondition(!fields.isEmpty, "FieldGroupEncoder \(name): no fields")
    let width = fields.count * blueprint.settings.embeddingDimension
    linear = LinearLayer(blueprint, named: name, from: blueprint.width, to: width, bias: false)
    activation = blueprint.encoderActivation(named: name, width: width)
    columns = fields.map(blueprint.columns)
    output = Matrix(rows: blueprint.batchCapacity, columns: blueprint.width)
    gradient = Matrix(rows: blueprint.batchCapacity, columns: width)
    pool = blueprint.pool
  }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    let generated = linear.forward(input.flattened, through: activation, pass)
    let output = output.view.rows(0..<input.batch)
    pool.tiles(of: input.batch, size: 64) { rows in
      output.rows(rows).fill(0)
      for (index, range) in columns.enumerated() {
        output.rows(rows).columns(range).copy(
          from: generated.rows(rows).columns(compact(index, range)))
      }
    }
    return FieldTensor(output, fields: input.fields)
  }

  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldTensor) {
    let gradient = gradient.view.rows(0..<outputGradient.batch)
    pool.tiles(of: gradient.rows, size: 64) { rows in
      let whole = outputGradient.flattened.rows(rows)
      for (index, range) in columns.enumerated() {
        gradient.rows(rows).columns(compact(index, range)).copy(from: whole.columns(range))
      }
    }
    linear.backward(
      activation.backward(gradient), to: inputGradient.flattened, overwriting: false)
  }

  /// Where the columns of a generated field lie among those of generated fields alone.
  private func compact(_ index: Int, _ range: Range<Int>) -> Range<Int> {
    index * range.count..<(index + 1) * range.count
  }
}
