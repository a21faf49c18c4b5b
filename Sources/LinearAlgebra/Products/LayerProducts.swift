import Platform

/// What a fully connected layer reads, `[batch, in]`.
public enum LayerInput {
  /// A matrix.
  case dense(MatrixView)
  /// A matrix of which some columns repeat a few distinct rows, each of which is multiplied once.
  case repeated(RepeatedProducts)

  /// The whole matrix.
  public var matrix: MatrixView {
    switch self {
    case .dense(let matrix): matrix
    case .repeated(let products): products.input
    }
  }

  /// Rows of the batch.
  public var rows: Int { matrix.rows }
}

/// Where a fully connected layer adds the gradient of its input, `[batch, in]`.
public enum LayerGradient {
  /// A matrix.
  case dense(MatrixView)
  /// The part of repeated columns goes to the gradients of their distinct rows, the rest to the
  /// matrix.
  case repeated(MatrixView, RepeatedProducts)

  /// What gets the whole gradient, or the part of columns that do not repeat.
  public var matrix: MatrixView {
    switch self {
    case .dense(let matrix), .repeated(let matrix, _): matrix
    }
  }
}

/// The three products of fully connected layers: of whole matrices, or, where a layer reads an
/// operand that repeats rows, with each distinct row multiplied once.
///
/// Shapes: inputs `[batch, in]`, weights `[out, in]`, outputs `[batch, out]`.
public final class LayerProducts {
  private let products: any BatchProducts
  private let pooled: PooledProducts
  private let pool: WorkerPool
  private var layers: [(inputs: Int, outputs: Int)] = []

  /// Products of a precision on a pool's threads; those of distinct rows are in single precision,
  /// in memory that other products share.
  public init(
    _ pooled: PooledProducts, precision: ProductPrecision = .float32,
    share: BatchShare = BatchShare(), pool: WorkerPool
  ) {
    products = precision.products(pooled, share: share, pool: pool)
    self.pooled = pooled
    self.pool = pool
  }

  /// Makes sure that there will be room for the products of a layer that has `vectors` rows per row
  /// of a batch.
  public func reserve(batch: Int, vectors: Int = 1, inputs: Int, outputs: Int) {
    reserveProducts(batch: batch, vectors: vectors, inputs: inputs, outputs: outputs)
    layers.append((inputs, outputs))
  }

  private func reserveProducts(batch: Int, vectors: Int = 1, inputs: Int, outputs: Int) {
    products.reserve(rows: batch * vectors, columns: outputs, inner: inputs)
    products.reserve(rows: batch * vectors, columns: inputs, inner: outputs)
    products.reserveSums(rows: outputs, columns: inputs, batch: batch, vectors: vectors)
  }

  /// Allocates what was reserved, so that no step allocates.
  public func allocate() { products.allocate() }

  /// Whether a layer with more than one output has so many inputs.
  public func hasLayer(inputs: Int) -> Bool {
    layers.contains { $0.inputs == inputs && $0.outputs > 1 }
  }

  /// The products of an operand that repeats rows, of so many columns, with the layers reserved so
  /// far.
  public func products(with operand: RepeatedOperand, columns: Int) -> RepeatedProducts {
    let outputs = layers.filter { $0.inputs == columns }.map(\.outputs)
    let rest = operand.restColumns.reduce(0) { $0 + $1.count }
    for outputs in outputs {
      reserveProducts(batch: operand.rowCapacity, inputs: rest, outputs: outputs)
    }
    return RepeatedProducts(
      operand, maxOutputs: outputs.max() ?? 0, rest: products, pooled, pool)
  }

  /// `output = input·Wᵀ`; `finish` gets each tile of the output's rows while it is in the cache.
  public func multiply(
    _ input: LayerInput, _ weight: MatrixView, into output: MatrixView,
    finish: (Range<Int>) -> Void
  ) {
    switch input {
    case .repeated(let repeated) where weight.rows > 1:
      repeated.multiply(weight, into: output, finish: finish)
    case .dense, .repeated:
      products.multiply(
        input.matrix, weight, transposingB: true, into: output, overwriting: true, finish: finish)
    }
  }

  /// `∂W += ∂outputᵀ·input`, and `∂output·W` added to, or written to, `∂input`; there are `vectors`
  /// rows per row of the batch.
  public func backward(
    _ outputGradient: MatrixView, _ input: LayerInput, _ weight: MatrixView, vectors: Int = 1,
    addingTo weightGradient: MatrixView, to inputGradient: LayerGradient, overwriting: Bool,
    finish: (Range<Int>) -> Void
  ) {
    if weight.rows > 1, case .repeated(let repeated) = input,
      case .repeated(let rest, let target) = inputGradient, target === repeated
    {
      return repeated.backward(
        outputGradient, weight, addingTo: weightGradient, to: rest, overwriting: overwriting,
        finish: finish)
    }
    products.sum(
      outputGradient, input.matrix, vectors: vectors, into: weightGradient, overwriting: false)
    products.multiply(
      outputGradient, weight, transposingB: false, into: inputGradient.matrix,
      overwriting: overwriting, finish: finish)
  }
}
