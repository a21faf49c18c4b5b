import ClickData
import Foundation
import Models

/// The inputs of a graph that contains the encoder: texts and numbers, without any code of the
/// caller.
///
/// | Field | Inputs |
/// |---|---|
/// | vocabulary | `FIELD`: texts, string `[batch]`; the empty text is a missing value |
/// | number | `FIELD`: numbers, double `[batch]`; NaN is a missing value |
/// | sequence | `FIELD`: texts, string `[batch, FIELD.length]`, the empty text is padding |
///
/// Where the values of sequences have weights, in `libffm` and `libsvm`, these are the input
/// `FIELD.weight`, float `[batch, FIELD.length]`.
///
/// Numbers are computed in double, as the encoder does.
struct TextInputs {
  private let graph: ONNXGraph
  private let encoder: FittedEncoder

  /// Adds the inputs of all fields and what turns them into ids and numbers.
  static func add(_ encoder: FittedEncoder, to graph: ONNXGraph) throws -> [GraphField] {
    let inputs = TextInputs(graph: graph, encoder: encoder)
    return try encoder.fields.map { try inputs.input(of: $0) }
  }

  private func input(of field: FittedField) throws -> GraphField {
    switch field.encoding {
    case .hash: throw ExportFailure.hashedText(field: field.name)
    case .vocabulary(let vocabulary, _):
      if let rule = field.sequence { return try sequence(of: field, vocabulary, rule) }
      let texts = try graph.input(field.name, .string, note: "texts, empty where missing")
      return .category(ids: ids(of: texts, in: vocabulary))
    case .logBucket:
      let number = try number(of: field)
      return .category(ids: number.id(logBucket(number.known)))
    case .quantile(let edges):
      let number = try number(of: field)
      return .category(ids: number.id(bucket(number.known, edges.edges)))
    case .value: return try value(of: field, mean: 0, deviation: 1)
    case .standardValue(let mean, let deviation):
      return try value(of: field, mean: mean, deviation: deviation)
    }
  }

  // MARK: Texts

  private func ids(of texts: GraphValue, in vocabulary: Vocabulary) -> GraphValue {
    let unknown = vocabulary.firstCount + 1
    return graph.node(
      "LabelEncoder", [texts], domain: ONNXGraph.machineLearning,
      [
        .init("keys_strings", texts: vocabulary.values + [Data()]),
        .init("values_int64s", vocabulary.ids + [vocabulary.blank == .missing ? 0 : unknown]),
        .init("default_int64", unknown),
      ])
  }

  /// 0 for the empty text, 1 for any other, as floats.
  private func isValue(_ texts: GraphValue) -> GraphValue {
    graph.node(
      "LabelEncoder", [texts], domain: ONNXGraph.machineLearning,
      [
        .init("keys_strings", texts: [Data()]), .init("values_floats", [0] as [Float]),
        .init("default_float", 1 as Float),
      ])
  }

  /// The values of a row, and behind them row 0 of the table: with weight 1 in a row without
  /// values, else 0.
  private func sequence(
    of field: FittedField, _ vocabulary: Vocabulary, _ rule: SequenceRule
  ) throws -> GraphField {
    let length = ["\(field.name).length"]
    let texts = try graph.input(
      field.name, .string, more: length, note: "texts, empty for padding")
    let present = isValue(texts)
    let counts = graph.node("ReduceSum", [present, graph.indices([1])], [.init("keepdims", 1)])
    let one = graph.constant([1 as Float], .float, shape: [1])
    var weights = present
    if encoder.format.hasWeights {
      let given = try graph.input(
        "\(field.name).weight", .float, more: length, note: "weights of the texts")
      weights = graph.node("Mul", [present, given])
    }
    if rule.pooling == .mean {
      weights = graph.node("Div", [weights, graph.node("Max", [counts, one])])
    }
    let isEmpty = graph.node("Sub", [one, graph.node("Min", [counts, one])])
    let known = graph.node("Mul", [ids(of: texts, in: vocabulary), integers(present)])
    let zeros = graph.node("Mul", [integers(isEmpty), graph.indices([0])])
    return .sequence(
      ids: graph.apply(.concatenate, to: [known, zeros]),
      weights: graph.apply(.concatenate, to: [weights, isEmpty]))
  }

  // MARK: Numbers

  /// A number that may be missing.
  private struct Number {
    let graph: ONNXGraph
    /// Whether it is there.
    let isPresent: GraphValue
    /// The number, 0 where it is missing.
    let known: GraphValue

    /// An id for each number, 0 where it is missing.
    func id(_ present: GraphValue) -> GraphValue {
      graph.node("Where", [isPresent, present, graph.indices([0])])
    }
  }

  private func number(of field: FittedField) throws -> Number {
    let numbers = try graph.input(field.name, .double, note: "numbers, NaN where missing")
    let isPresent = graph.node("Not", [graph.node("IsNaN", [numbers])])
    return Number(
      graph: graph, isPresent: isPresent,
      known: graph.node("Where", [isPresent, numbers, double(0)]))
  }

  private func value(of field: FittedField, mean: Double, deviation: Double) throws -> GraphField {
    let number = try number(of: field)
    let scaled = graph.node(
      "Div", [graph.node("Sub", [number.known, double(mean)]), double(deviation)])
    let numbers = graph.node("Where", [number.isPresent, scaled, double(1)])
    return .value(ids: integers(number.isPresent), numbers: cast(numbers, to: .float))
  }

  /// One more than the edges below each number.
  private func bucket(_ numbers: GraphValue, _ edges: [Double]) -> GraphValue {
    let limits = graph.constant(edges, .double, shape: [edges.count])
    let isAbove = graph.node("Less", [limits, graph.apply(.insertAxis(1), to: [numbers])])
    let count = graph.apply(.sum(axis: 1), to: [integers(isAbove)])
    return graph.node("Add", [count, graph.indices([1])])
  }

  /// `x` toward zero up to 2, `⌊ln(x)²⌋` above, and one category for all above 2⁶³.
  private func logBucket(_ numbers: GraphValue) -> GraphValue {
    let (two, limit) = (double(2), double(0x1p63))
    let lowest = double(Double(LogBucket.lowest))
    let low = graph.node("Max", [graph.node("Min", [numbers, two]), lowest])
    let logarithm = graph.node("Log", [graph.node("Max", [numbers, two])])
    let square = graph.node("Mul", [logarithm, logarithm])
    let high = graph.node(
      "Where",
      [graph.node("Greater", [numbers, limit]), double(Double(LogBucket.highest)), square])
    let category = graph.node("Where", [graph.node("Greater", [numbers, two]), high, low])
    return graph.node("Add", [integers(category), graph.indices([1 - LogBucket.lowest])])
  }

  private func double(_ number: Double) -> GraphValue {
    graph.constant([number], .double, shape: [1])
  }

  /// Truncated toward zero.
  private func integers(_ values: GraphValue) -> GraphValue { cast(values, to: .int64) }

  private func cast(_ values: GraphValue, to type: ONNXTensorProto.DataType) -> GraphValue {
    graph.node("Cast", [values], [.init("to", type.rawValue)])
  }
}

extension DatasetSettings.Format {
  /// Whether the values of a sequence have weights in the text.
  fileprivate var hasWeights: Bool {
    switch self {
    case .criteo, .avazu, .delimited: false
    case .libffm, .libsvm: true
    }
  }
}
