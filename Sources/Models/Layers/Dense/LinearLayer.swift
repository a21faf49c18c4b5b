import LinearAlgebra

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
  private let products: LayerProducts
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
    products = blueprint.layerProducts
    products.reserve(batch: blueprint.batchCapacity, inputs: inputs, outputs: outputs)
  }

  /// Where the output of a batch lies.
  func output(rows: Int) -> MatrixView { output.view.rows(0..<rows) }

  /// `input·Wᵀ + b`, valid until the next call; `finish` gets each tile of rows while it is in the cache.
  @discardableResult
  func forward(_ input: MatrixView, finish: (Range<Int>) -> Void = { _ in }) -> MatrixView {
    self.input = input
    let output = output(rows: input.rows)
    products.multiply(input, weight.value.view, into: output) { rows in
      if let bias {
        for row in rows {
          ShortVectorKernels.add(bias.value.base, to: output.row(row), count: output.columns)
        }
      }
      finish(rows)
    }
    return output
  }

  /// The layer's output for `input·Wᵀ + b`; a row layer works on each tile while it is in the cache.
  func forward(_ input: MatrixView, through layer: DenseLayer, _ pass: Pass) -> MatrixView {
    guard let rowLayer = layer as? RowLayer else { return layer.forward(forward(input), pass) }
    let output = rowLayer.begin(output(rows: input.rows), pass)
    forward(input) { rowLayer.forward(rows: $0) }
    return output
  }

  /// `∂W += ∂outputᵀ·input`, `∂b += Σ_batch ∂output`, and `∂output·W` added to, or in place of, `∂input`.
  ///
  /// Where the input is a batch's embeddings, the gradient of rows that repeat goes straight to their tables instead.
  /// `finish` gets each tile of the input's gradient while it is in the cache.
  func backward(
    _ outputGradient: MatrixView, to inputGradient: MatrixView, overwriting: Bool,
    finish: (Range<Int>) -> Void = { _ in }
  ) {
    guard let input else { preconditionFailure("LinearLayer: backward before forward") }
    if let bias { biasSums.add(outputGradient, to: bias.gradient.base) }
    products.backward(
      outputGradient, input, weight.value.view, addingTo: weight.gradient.view,
      to: inputGradient, overwriting: overwriting, finish: finish)
  }
}
