import LinearAlgebra

/// A fully connected layer: `output = input·Wᵀ + b`.
///
/// Shapes: `input` is `[batch, in]`, `output` is `[batch, out]`, `W` is `[out, in]` as PyTorch
/// keeps it, `b` is `[out]` or absent. Of a weight with more rows, some may be outputs: the others
/// are neither computed nor stored. Keeps the input's view for backward.
final class LinearLayer {
  /// What the last forward read.
  private(set) var input: LayerInput?
  private let weight: Parameter
  private let bias: Parameter?
  private let biasSums: ColumnSums
  private let output: Matrix
  private let products: LayerProducts
  private let vectors: Int
  /// The rows of the weight that are outputs.
  private let rows: Range<Int>

  /// Creates `weight`, Xavier-normal unless it begins in another way, and `bias`, zero, in the
  /// context's scope.
  convenience init(
    _ context: LayerContext, inputs: Int, outputs: Int, bias: Bool,
    _ initial: InitialValue = .xavierNormal
  ) {
    self.init(
      context, inputs: inputs, weightRows: outputs, outputs: 0..<outputs, bias: bias, initial)
  }

  /// Creates `weight` of so many rows, of which `rows` are outputs, without a bias.
  convenience init(
    _ context: LayerContext, inputs: Int, weightRows: Int, outputs rows: Range<Int>
  ) {
    self.init(
      context, inputs: inputs, weightRows: weightRows, outputs: rows, bias: false, .xavierNormal)
  }

  private init(
    _ context: LayerContext, inputs: Int, weightRows: Int, outputs rows: Range<Int>, bias: Bool,
    _ initial: InitialValue
  ) {
    let outputs = rows.count
    self.rows = rows
    weight = context.parameter(
      "weight", shape: [weightRows, inputs], uses: context.vectors, multiplying: rows, initial)
    self.bias = bias ? context.parameter("bias", shape: [outputs], .constant(0)) : nil
    biasSums = context.columnSums(columns: outputs)
    output = context.matrix(columns: outputs)
    products = context.layerProducts(outputs: outputs)
    vectors = context.vectors
    products.reserve(
      batch: context.batchCapacity / vectors, vectors: vectors, inputs: inputs, outputs: outputs)
  }

  /// Where the output of a batch is written.
  func output(rows: Int) -> MatrixView { output.view.rows(0..<rows) }

  /// `input·Wᵀ + b`, valid until the next call; `finish` gets each tile of rows while it is in the
  /// cache.
  @discardableResult
  func forward(_ input: LayerInput, finish: (Range<Int>) -> Void = { _ in }) -> MatrixView {
    self.input = input
    let output = output(rows: input.rows)
    products.multiply(input, weight.value.view.rows(rows), into: output) { rows in
      if let bias {
        for row in rows {
          ShortVectorKernels.add(bias.value.base, to: output.row(row), count: output.columns)
        }
      }
      finish(rows)
    }
    return output
  }

  /// The output of `layer` for `input·Wᵀ + b`; a row layer processes each tile while it is in the
  /// cache.
  func forward(_ input: LayerInput, through layer: DenseLayer, _ pass: Pass) -> MatrixView {
    guard let rowLayer = layer as? RowLayer else { return layer.forward(forward(input), pass) }
    let output = rowLayer.begin(output(rows: input.rows), pass)
    forward(input) { rowLayer.forward(rows: $0) }
    return output
  }

  /// `input·Wᵀ + b` as an operation of a graph.
  func graph(_ input: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.apply(
      .linear, to: [input, outputWeight(graph)] + (bias.map { [graph.weight($0)] } ?? []))
  }

  /// The rows of the weight that are outputs.
  private func outputWeight(_ graph: GraphBuilder) -> GraphValue {
    guard rows.count < weight.value.rows else { return graph.weight(weight) }
    let used = Matrix(rows: rows.count, columns: weight.value.columns)
    used.view.copy(from: weight.flushedValue().view.rows(rows))
    return graph.weight(weight.name, used, shape: [used.rows, used.columns])
  }

  /// `∂W += ∂outputᵀ·input`, `∂b += Σ_batch ∂output`, and `∂output·W` added to, or written to,
  /// `∂input`.
  ///
  /// `finish` gets each tile of the input's gradient while it is in the cache.
  func backward(
    _ outputGradient: MatrixView, to inputGradient: LayerGradient, overwriting: Bool,
    finish: (Range<Int>) -> Void = { _ in }
  ) {
    guard let input else { preconditionFailure("LinearLayer: backward before forward") }
    if let bias { biasSums.add(outputGradient, to: bias.gradient.base) }
    products.backward(
      outputGradient, input, weight.value.view.rows(rows), vectors: vectors,
      addingTo: weight.gradient.view.rows(rows), to: inputGradient, overwriting: overwriting,
      finish: finish)
  }
}
