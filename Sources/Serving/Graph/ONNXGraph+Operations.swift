import Models

extension ONNXGraph {
  /// ONNX's number for integers of 64 bits.
  private static let integers = 7

  /// Every operation as ONNX has it.
  func apply(_ operation: GraphOperation, to operands: [GraphValue]) -> GraphValue {
    switch operation {
    case .add: node(operands.count == 2 ? "Add" : "Sum", operands)
    case .multiply: node("Mul", operands)
    case .matrixProduct: node("MatMul", operands)
    case .linear: node("Gemm", operands, [.init("transB", 1)])
    case .gather(let axis): node("Gather", operands, [.init("axis", axis)])
    case .concatenate: node("Concat", operands, [.init("axis", 1)])
    case .appendZeros(let columns): node("Pad", operands + [indices([0, 0, 0, columns])])
    case .reshape(let shape): node("Reshape", operands + [indices([-1] + shape)])
    case .insertAxis(let axis): node("Unsqueeze", operands + [indices([axis])])
    case .transpose(let axes): node("Transpose", operands, [.init("perm", axes)])
    case .sum(let axis):
      node("ReduceSum", operands + [indices([axis])], [.init("keepdims", 0)])
    case .relu: node("Relu", operands)
    case .parametricRelu: node("PRelu", operands)
    case .tanh: node("Tanh", operands)
    case .sigmoid: node("Sigmoid", operands)
    case .elu: node("Elu", operands)
    case .erf: node("Erf", operands)
    case .squareRoot: node("Sqrt", operands)
    case .reciprocal: node("Reciprocal", operands)
    case .softmax: node("Softmax", operands, [.init("axis", -1)])
    case .log: node("Log", operands)
    case .minimum: node("Min", operands)
    case .maximum: node("Max", operands)
    case .countAtMost:
      node(
        "ReduceSum",
        [
          node("Cast", [node("GreaterOrEqual", operands)], [.init("to", Self.integers)]),
          indices([1]),
        ], [.init("keepdims", 1)])
    case .layerNormalization(let epsilon):
      node("LayerNormalization", operands, [.init("axis", -1), .init("epsilon", epsilon)])
    case .batchNormalization(let epsilon):
      node("BatchNormalization", operands, [.init("epsilon", epsilon)])
    }
  }
}
