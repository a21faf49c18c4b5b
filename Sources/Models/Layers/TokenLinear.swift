import LinearAlgebra

/// A fully connected layer of its own for each token of a row: `output_t = input_t·W_tᵀ + b_t`.
///
/// Shapes: `input` is `[batch, tokens · in]`, `output` is `[batch, tokens · out]`; `W`,
/// `[tokens · out, in]`, has the weights of a token in consecutive rows, `b` is `[tokens · out]`.
/// Keeps the input's view for backward; the input's gradient has memory of its own.
final class TokenLinear: DenseLayer {
  private let weight: Parameter
  private let bias: Parameter
  private let biasSums: ColumnSums
  private let output: Matrix
  private let inputGradient: Matrix
  private let products: LayerProducts
  private let tokens: Int
  private let inputs: Int
  private let outputs: Int
  private var input: MatrixView?

  /// Creates `weight`, Xavier-normal for each token, and `bias`, zero, in the context's scope.
  init(_ context: LayerContext, tokens: Int, inputs: Int, outputs: Int) {
    (self.tokens, self.inputs, self.outputs) = (tokens, inputs, outputs)
    weight = context.parameter(
      "weight", shape: [tokens * outputs, inputs],
      .normal(deviation: (2 / Double(inputs + outputs)).squareRoot()))
    bias = context.parameter("bias", shape: [tokens * outputs], .constant(0))
    biasSums = context.columnSums(columns: tokens * outputs)
    output = context.matrix(columns: tokens * outputs)
    inputGradient = context.matrix(columns: tokens * inputs)
    products = context.layerProducts(outputs: outputs)
    products.reserve(batch: context.batchCapacity, inputs: inputs, outputs: outputs)
  }

  func forward(_ input: MatrixView, _ pass: Pass) -> MatrixView {
    self.input = input
    let output = output.view.rows(0..<input.rows)
    for token in 0..<tokens {
      let columns = token * outputs..<(token + 1) * outputs
      let part = output.columns(columns)
      products.multiply(
        .dense(input.columns(token * inputs..<(token + 1) * inputs)),
        weight.value.view.rows(columns), into: part
      ) { rows in
        let b = bias.value.base + columns.lowerBound
        for row in rows { ShortVectorKernels.add(b, to: part.row(row), count: outputs) }
      }
    }
    return output
  }

  /// One product per token: `[tokens, batch, in]` times `[tokens, in, out]`.
  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    let rows = graph.apply(.reshape(rowShape: [tokens, inputs]), to: [values])
    let byToken = graph.apply(.transpose([1, 0, 2]), to: [rows])
    let weights = graph.apply(.reshape(rowShape: [outputs, inputs]), to: [graph.weight(weight)])
    let products = graph.apply(
      .matrixProduct, to: [byToken, graph.apply(.transpose([0, 2, 1]), to: [weights])])
    let back = graph.apply(.transpose([1, 0, 2]), to: [products])
    let flattened = graph.apply(.reshape(rowShape: [tokens * outputs]), to: [back])
    return graph.add([flattened, graph.weight(bias)])
  }

  /// The input's gradient, valid until the next call.
  func backward(_ gradient: MatrixView) -> MatrixView {
    let inputGradient = inputGradient.view.rows(0..<gradient.rows)
    backward(gradient, to: inputGradient, overwriting: true)
    return inputGradient
  }

  /// `∂W_t += ∂output_tᵀ·input_t`, `∂b += Σ_batch ∂output`, and `∂output_t·W_t` added to, or
  /// written to, the input's gradient.
  func backward(_ gradient: MatrixView, to inputGradient: MatrixView, overwriting: Bool) {
    guard let input else { preconditionFailure("TokenLinear: backward before forward") }
    biasSums.add(gradient, to: bias.gradient.base)
    for token in 0..<tokens {
      let (read, written) = (
        token * inputs..<(token + 1) * inputs, token * outputs..<(token + 1) * outputs
      )
      products.backward(
        gradient.columns(written), .dense(input.columns(read)), weight.value.view.rows(written),
        addingTo: weight.gradient.view.rows(written),
        to: .dense(inputGradient.columns(read)), overwriting: overwriting
      ) { _ in }
    }
  }
}
