import ClickData
import Models

/// What the inputs of an exported graph are.
public enum ExportedInputs: Sendable {
  /// Ids and numbers, which the caller computes with the run's encoder.
  case ids
  /// Texts and numbers as they are in the data: the graph contains the encoder.
  case text(FittedEncoder)
}

/// A trained model as an ONNX graph, from a row's inputs to the outputs `logit` and `probability`.
///
/// The batch's size is free. The graph reads the model's weights when it is written.
public struct ModelExport {
  /// The version of ONNX's operations.
  public static let opset = ONNXGraph.opset
  private let graph: ONNXGraph
  private let model: CTRModel

  /// Builds the graph; throws `ExportFailure` if the fields do not suit the inputs.
  ///
  /// `map` adds what changes the model's logits, `[batch, 1]`, such as a recalibration.
  public init(
    _ model: CTRModel, inputs: ExportedInputs,
    mapping map: (GraphValue, any GraphBuilder) -> GraphValue = { logits, _ in logits }
  ) throws {
    graph = ONNXGraph(outputs: ["logit", "probability"])
    self.model = model
    let fields =
      switch inputs {
      case .ids: try IdInputs.add(model.schema, to: graph)
      case .text(let encoder): try TextInputs.add(encoder, to: graph)
      }
    let logits = graph.apply(
      .reshape(rowShape: []), to: [map(model.graph(fields, graph), graph)])
    graph.output(logits, name: "logit", note: "the logit of a click")
    graph.output(
      graph.apply(.sigmoid, to: [logits]), name: "probability", note: "sigmoid(logit)")
  }

  /// The names of the inputs, in the order of the fields.
  public var inputs: [String] { graph.inputs.map(\.name) }

  /// Bytes of the weights.
  public var weightBytes: Int { graph.weights.reduce(0) { $0 + $1.byteCount } }

  /// Writes the file with some facts about the run; returns the paths written.
  @discardableResult
  public func write(
    to path: String, weights placement: WeightPlacement = .automatic,
    metadata: [(key: String, value: String)] = []
  ) throws -> [String] {
    try ONNXFile(graph: graph, metadata: metadata).write(to: path, placement)
  }
}
