import LinearAlgebra
import Models

/// A graph of ONNX's operations under construction.
///
/// Nodes are in the order in which they were added, so that each follows those it reads. All names
/// are unique: a weight keeps its own, unless an input has it.
final class ONNXGraph: GraphBuilder {
  /// The version of ONNX's operations: the first with layer normalisation.
  static let opset = 17
  /// The version of the operations of `ai.onnx.ml`.
  static let machineLearningOpset = 3
  /// The version of the file format that belongs to these.
  static let fileVersion = 8
  /// The domain of look-ups of texts.
  static let machineLearning = "ai.onnx.ml"

  /// Numbers of the model, which are read when they are written.
  struct Weight {
    let name: String
    let numbers: Matrix
    let shape: [Int]
  }

  private(set) var nodes: [ONNXNodeProto] = []
  private(set) var inputs: [ONNXValueInfoProto] = []
  private(set) var outputs: [ONNXValueInfoProto] = []
  private(set) var weights: [Weight] = []
  private(set) var constants: [ONNXTensorProto] = []
  private var names: Set<String>
  private var weightValues: [String: GraphValue] = [:]
  private var indexValues: [[Int]: GraphValue] = [:]

  /// A graph in which nothing but the outputs has their names.
  init(outputs: [String]) { names = Set(outputs) }

  // MARK: Inputs and outputs

  /// Adds an input whose first dimension is the batch; throws if something else has its name.
  func input(
    _ name: String, _ type: ONNXTensorProto.DataType, more dimensions: [String] = [],
    note: String
  ) throws -> GraphValue {
    guard names.insert(name).inserted else { throw ExportFailure.sharedName(name) }
    inputs.append(ONNXValueInfoProto(name, type, ["batch"] + dimensions, note: note))
    return GraphValue(name: name)
  }

  /// Makes a value `[batch]` an output, under a name that `init` reserved.
  func output(_ value: GraphValue, name: String, note: String) {
    var node = ONNXNodeProto()
    (node.opType, node.name, node.input, node.output) = ("Identity", name, [value.name], [name])
    nodes.append(node)
    outputs.append(ONNXValueInfoProto(name, .float, ["batch"], note: note))
  }

  // MARK: Weights and constants

  func weight(_ name: String, _ numbers: Matrix, shape: [Int]) -> GraphValue {
    precondition(
      shape.reduce(1, *) == numbers.count,
      "ONNXGraph: \(name) of \(numbers.rows)×\(numbers.columns) as \(shape)")
    if let value = weightValues[name] { return value }
    let value = GraphValue(name: unique(name))
    weights.append(Weight(name: value.name, numbers: numbers, shape: shape))
    weightValues[name] = value
    return value
  }

  func indices(_ numbers: [Int]) -> GraphValue {
    if let value = indexValues[numbers] { return value }
    let value = constant(numbers.map { Int64($0).littleEndian }, .int64, shape: [numbers.count])
    indexValues[numbers] = value
    return value
  }

  /// Numbers that are written as they are in memory.
  func constant<Number>(
    _ numbers: [Number], _ type: ONNXTensorProto.DataType, shape: [Int]
  ) -> GraphValue {
    let value = GraphValue(name: unique("constant_\(constants.count + 1)"))
    var tensor = ONNXTensorProto(name: value.name, type, shape)
    numbers.withUnsafeBytes { tensor.rawData = .init($0) }
    constants.append(tensor)
    return value
  }

  // MARK: Nodes

  /// Adds an operation with one result.
  func node(
    _ type: String, _ operands: [GraphValue], domain: String = "",
    _ attributes: [ONNXAttributeProto] = []
  ) -> GraphValue {
    let name = unique("\(type)_\(nodes.count + 1)")
    var node = ONNXNodeProto()
    node.opType = type
    node.name = name
    if !domain.isEmpty { node.domain = domain }
    node.input = operands.map(\.name)
    node.output = [name]
    node.attribute = attributes
    nodes.append(node)
    return GraphValue(name: name)
  }

  private func unique(_ name: String) -> String {
    var (candidate, number) = (name, 1)
    while !names.insert(candidate).inserted {
      number += 1
      candidate = "\(name)_\(number)"
    }
    return candidate
  }
}
