import LinearAlgebra
import Platform

/// A fully connected layer: `output = input·Wᵀ + b`.
///
/// Shapes: `input` is `[batch, in]`, `output` is `[batch, out]`, `W` is `[out, in]` as PyTorch keeps it, `b`
/// is `[out]` or absent. Keeps the input's view for backward.
final class LinearLayer {
  /// The weight, then the bias where there is one.
  var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }
  private let weight: Parameter
  private let bias: Parameter?
  private let biasSums: ColumnSums
  private let output: Matrix
  private let pool: WorkerPool
  /// What the last forward read.
  private(set) var input: MatrixView?

  /// Makes a layer named `name`: weight Xavier-normal, bias zero; `uses` says how many of its rows one of the batch is.
  init(
    _ blueprint: Blueprint, named name: String, from inputs: Int, to outputs: Int, bias: Bool,
    uses: Int = 1
  ) {
    weight = Parameter(
      name: "\(name).weight", shape: [outputs, inputs], regularization: .network, uses: uses)
    blueprint.initializer.xavierNormal(weight)
    self.bias =
      bias ? Parameter(name: "\(name).bias", shape: [outputs], regularization: .network) : nil
    biasSums = ColumnSums(
      rows: blueprint.batchCapacity, columns: outputs, pool: blueprint.pool)
    output = Matrix(rows: blueprint.batchCapacity, columns: outputs)
    pool = blueprint.pool
  }

  /// `input·Wᵀ + b`, valid until the next call.
  func forward(_ input: MatrixView) -> MatrixView {
    self.input = input
    let output = output.view.rows(0..<input.rows)
    if let bias {
      pool.tiles(of: input.rows, size: 256) { rows in
        for row in rows { output.row(row).update(from: bias.value.base, count: output.columns) }
      }
    }
    MatrixProduct.multiply(
      input, weight.value.view, transposingB: true, into: output, overwriting: bias == nil,
      pool: pool)
    return output
  }

  /// `∂W += ∂outputᵀ·input`, `∂b += Σ_batch ∂output`, and `∂output·W` added to, or in place of, `∂input`.
  func backward(_ outputGradient: MatrixView, to inputGradient: MatrixView, overwriting: Bool) {
    guard let input else { preconditionFailure("LinearLayer: backward before forward") }
    MatrixProduct.multiply(
      outputGradient, transposingA: true, input, into: weight.gradient.view, overwriting: false,
      pool: pool)
    if let bias { biasSums.add(outputGradient, to: bias.gradient.base) }
    MatrixProduct.multiply(
      outputGradient, weight.value.view, into: inputGradient,
      overwriting: overwriting, pool: pool)
  }
}
