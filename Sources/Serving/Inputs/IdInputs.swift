import ClickData
import Models

/// The inputs of a model itself: ids and numbers as the encoder makes them.
///
/// | Field | Inputs |
/// |---|---|
/// | category | `FIELD`: ids, int64 `[batch]` |
/// | number as a value | `FIELD`: ids, 1, or 0 where missing; `FIELD.value`: float `[batch]` |
/// | sequence | `FIELD`: ids, int64 `[batch, FIELD.length]`; `FIELD.weight`: their weights, float |
///
/// The weight of a value includes the divisor of a mean; that of padding is 0. A sequence without
/// values is id 0 with weight 1.
enum IdInputs {
  /// Adds the inputs of all fields.
  static func add(_ schema: [FieldSchema], to graph: ONNXGraph) throws -> [GraphField] {
    try schema.map { field in
      let name = field.name
      switch field.kind {
      case .category:
        return .category(
          ids: try graph.input(name, .int64, note: "ids from 0 to \(field.rows - 1)"))
      case .value:
        return .value(
          ids: try graph.input(name, .int64, note: "1, or 0 for a missing number"),
          numbers: try graph.input("\(name).value", .float, note: "numbers, 1 for a missing one"))
      case .sequence:
        let length = "\(name).length"
        return .sequence(
          ids: try graph.input(
            name, .int64, more: [length], note: "ids from 0 to \(field.rows - 1)"),
          weights: try graph.input(
            "\(name).weight", .float, more: [length],
            note: "weights of the ids, 0 for padding; without values, id 0 with weight 1"))
      }
    }
  }
}
