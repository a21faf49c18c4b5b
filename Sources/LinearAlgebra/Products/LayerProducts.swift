import Platform

/// The three products of fully connected layers: of whole matrices, or, where a layer reads an operand that repeats rows,
/// each distinct row once.
///
/// Shapes: inputs `[batch, in]`, weights `[out, in]`, outputs `[batch, out]`.
public final class LayerProducts {
  private let products: PooledProducts
  private let pool: WorkerPool
  private var layers: [(inputs: Int, outputs: Int)] = []
  private var repeated: RepeatedProducts?

  /// Products on a pool's threads, in memory that other products share.
  public init(_ products: PooledProducts, pool: WorkerPool) {
    self.products = products
    self.pool = pool
  }

  /// Makes sure that there will be room for a layer's products.
  public func reserve(batch: Int, inputs: Int, outputs: Int) {
    products.reserve(rows: batch, columns: outputs, inner: inputs)
    products.reserve(rows: batch, columns: inputs, inner: outputs)
    products.reserve(rows: outputs, columns: inputs, inner: batch, transposingA: true)
    layers.append((inputs, outputs))
  }

  /// Whether a layer with more than one output has so many inputs.
  public func hasLayer(inputs: Int) -> Bool {
    layers.contains { $0.inputs == inputs && $0.outputs > 1 }
  }

  /// From now on looks whether what a layer reads is this operand, of so many columns.
  public func watch(_ operand: RepeatedOperand, columns: Int) {
    let outputs = layers.lazy.filter { $0.inputs == columns }.map(\.outputs)
    repeated = RepeatedProducts(operand, mostOutputs: outputs.max() ?? 0, products, pool)
  }

  /// `output = input·Wᵀ`; `finish` gets each tile of the output's rows while it is in the cache.
  public func multiply(
    _ input: MatrixView, _ weight: MatrixView, into output: MatrixView,
    finish: (Range<Int>) -> Void
  ) {
    if let repeated, repeated.reads(input, outputs: weight.rows) {
      return repeated.multiply(weight, into: output, finish: finish)
    }
    products.multiply(
      input, weight, transposingB: true, into: output, overwriting: true, finish: finish)
  }

  /// `∂W += ∂outputᵀ·input`, and `∂output·W` added to, or in place of, `∂input`.
  ///
  /// What repeated rows add to the gradient goes straight to the distinct ones: `∂input` then gets the other columns'.
  public func backward(
    _ outputGradient: MatrixView, _ input: MatrixView, _ weight: MatrixView,
    addingTo weightGradient: MatrixView, to inputGradient: MatrixView, overwriting: Bool,
    finish: (Range<Int>) -> Void
  ) {
    if let repeated, repeated.reads(input, outputs: weight.rows) {
      return repeated.backward(
        outputGradient, weight, addingTo: weightGradient, to: inputGradient,
        overwriting: overwriting, finish: finish)
    }
    products.multiply(
      outputGradient, transposingA: true, input, into: weightGradient, overwriting: false)
    products.multiply(
      outputGradient, weight, into: inputGradient, overwriting: overwriting, finish: finish)
  }
}
