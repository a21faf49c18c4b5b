import LinearAlgebra

/// Builds the graph of a model's evaluation for other programs.
///
/// Each layer describes itself with these operations beside its `forward`: what it computes in an
/// evaluation, without dropout, masks and draws. The first dimension of every value that depends on
/// a row is the batch, of any size. A file format, such as ONNX, is one implementation.
public protocol GraphBuilder: AnyObject {
  /// Numbers of the model under a name, in row-major order; the same name gives the same value.
  ///
  /// The numbers are read when the graph is written, so they must not change until then.
  func weight(_ name: String, _ numbers: Matrix, shape: [Int]) -> GraphValue
  /// A list of indices.
  func indices(_ numbers: [Int]) -> GraphValue
  /// Applies an operation to its operands, in the order that it documents.
  func apply(_ operation: GraphOperation, to operands: [GraphValue]) -> GraphValue
}

/// A value in a graph: a weight, an input, or the result of an operation.
public struct GraphValue: Hashable, Sendable {
  /// The unique name that its builder gave it.
  public let name: String

  /// Names a value.
  public init(name: String) { self.name = name }
}

/// The operations of graphs; shapes are broadcast as in NumPy where elements are combined.
public enum GraphOperation: Hashable, Sendable {
  /// The sum of any number of operands, element by element.
  case add
  /// The product of two operands, element by element.
  case multiply
  /// The products of two stacks of matrices.
  case matrixProduct
  /// `x·Wᵀ + b` of the operands x, `[rows, in]`, W, `[out, in]`, and b, `[out]`, or of x and W.
  case linear
  /// The slices of the first operand along an axis that the second operand, integers, selects.
  case gather(axis: Int)
  /// The operands side by side, along axis 1.
  case concatenate
  /// So many columns of zeros behind those of a matrix.
  case appendZeros(Int)
  /// The elements in rows of another shape: `[n] + rowShape`, for as many n as there are.
  case reshape(rowShape: [Int])
  /// A new axis of length 1, so that it has this index.
  case insertAxis(Int)
  /// The axes in another order.
  case transpose([Int])
  /// The sums along an axis, which is dropped.
  case sum(axis: Int)
  /// `max(z, 0)`.
  case relu
  /// `z` where positive, else the second operand, a slope, times `z`.
  case parametricRelu
  /// `tanh z`.
  case tanh
  /// `1 / (1 + e⁻ᶻ)`.
  case sigmoid
  /// `z` where positive, else `eᶻ − 1`.
  case elu
  /// The error function.
  case erf
  /// The square root.
  case squareRoot
  /// `1/z`.
  case reciprocal
  /// The softmax along the last axis.
  case softmax
  /// The natural logarithm.
  case log
  /// The smaller of two operands, element by element.
  case minimum
  /// The larger of two operands, element by element.
  case maximum
  /// How many of the second operand's elements, `[k]`, are at most each of the first one's,
  /// `[n, 1]`.
  case countAtMost
  /// Normalisation along the last axis, of the operands x, weight and bias.
  case layerNormalization(epsilon: Float)
  /// Normalisation by column, of the operands x, weight, bias, mean and variance.
  case batchNormalization(epsilon: Float)
}

extension GraphBuilder {
  /// A parameter with every deferred update applied.
  func weight(_ parameter: Parameter) -> GraphValue {
    weight(parameter.name, parameter.flushedValue(), shape: parameter.shape)
  }

  /// A running statistic, `[count]`.
  func weight(_ statistic: RunningStatistic) -> GraphValue {
    weight(statistic.name, statistic.value, shape: [statistic.value.columns])
  }

  /// One number that every element is multiplied by; nothing where that is 1.
  func scale(_ value: GraphValue, by factor: Scalar) -> GraphValue {
    guard factor != 1 else { return value }
    let number = Matrix(rows: 1, columns: 1)
    number[0, 0] = factor
    return apply(.multiply, to: [value, weight("factor.\(factor)", number, shape: [1])])
  }

  /// The logit with one number added; nothing where that is 0.
  func shift(_ logit: GraphValue, by summand: Scalar) -> GraphValue {
    guard summand != 0 else { return logit }
    let number = Matrix(rows: 1, columns: 1)
    number[0, 0] = summand
    return apply(.add, to: [logit, weight("logit_shift", number, shape: [1])])
  }

  /// Every element with one number added.
  func add(_ summand: Scalar, to value: GraphValue) -> GraphValue {
    let number = Matrix(rows: 1, columns: 1)
    number[0, 0] = summand
    return apply(.add, to: [value, weight("summand.\(summand)", number, shape: [1])])
  }

  /// `1/√(z + ε)`, element by element.
  func inverseRoot(_ value: GraphValue, epsilon: Scalar) -> GraphValue {
    apply(.reciprocal, to: [apply(.squareRoot, to: [add(epsilon, to: value)])])
  }

  /// The sum of values of one shape.
  func add(_ values: [GraphValue]) -> GraphValue {
    values.count == 1 ? values[0] : apply(.add, to: values)
  }

  /// `Σ_k xₖ·yₖ` of each row of two values `[batch, width]`, as `[batch, 1]`.
  func rowProducts(_ x: GraphValue, _ y: GraphValue) -> GraphValue {
    let sums = apply(.sum(axis: 1), to: [apply(.multiply, to: [x, y])])
    return apply(.reshape(rowShape: [1]), to: [sums])
  }
}
