/// One vector per field of every row in a graph, `[batch, fields · dimension]`.
struct GraphVectors {
  /// The vectors of a row side by side.
  let flattened: GraphValue
  /// The number of fields.
  let fields: Int
  /// Elements of a vector.
  let dimension: Int

  /// Elements of a row.
  var width: Int { fields * dimension }

  /// Other vectors of the same shape.
  func with(_ flattened: GraphValue) -> GraphVectors {
    GraphVectors(flattened: flattened, fields: fields, dimension: dimension)
  }

  /// Other vectors of the same length, of so many fields.
  func with(_ flattened: GraphValue, fields: Int) -> GraphVectors {
    GraphVectors(flattened: flattened, fields: fields, dimension: dimension)
  }

  /// The vectors as `[batch, fields, dimension]`.
  func stacked(_ graph: GraphBuilder) -> GraphValue {
    graph.apply(.reshape(rowShape: [fields, dimension]), to: [flattened])
  }

  /// The vectors of adjacent fields; nothing is added to the graph where these are all.
  func selecting(_ range: Range<Int>, _ graph: GraphBuilder) -> GraphVectors {
    range == 0..<fields ? self : selecting(Array(range), graph)
  }

  /// The vectors of some fields, in their order.
  func selecting(_ chosen: [Int], _ graph: GraphBuilder) -> GraphVectors {
    let selected = graph.apply(.gather(axis: 1), to: [stacked(graph), graph.indices(chosen)])
    let width = chosen.count * dimension
    return GraphVectors(
      flattened: graph.apply(.reshape(rowShape: [width]), to: [selected]), fields: chosen.count,
      dimension: dimension)
  }
}

/// What a model's graph reads of one field.
public enum GraphField {
  /// A row of the field's table, `[batch]`.
  case category(ids: GraphValue)
  /// A row of the table and the number that multiplies it, both `[batch]`.
  case value(ids: GraphValue, numbers: GraphValue)
  /// Rows of the table and a weight for each, both `[batch, values]`; the weight of padding is 0.
  case sequence(ids: GraphValue, weights: GraphValue)
}

extension GraphBuilder {
  /// The vector of a field in a table, `[batch, dimension]`.
  func lookUp(_ table: Parameter, _ field: GraphField) -> GraphValue {
    let table = weight(table)
    switch field {
    case .category(let ids):
      return apply(.gather(axis: 0), to: [table, ids])
    case .value(let ids, let numbers):
      let vectors = apply(.gather(axis: 0), to: [table, ids])
      return apply(.multiply, to: [vectors, apply(.insertAxis(1), to: [numbers])])
    case .sequence(let ids, let weights):
      let vectors = apply(.gather(axis: 0), to: [table, ids])
      let weighted = apply(.multiply, to: [vectors, apply(.insertAxis(2), to: [weights])])
      return apply(.sum(axis: 1), to: [weighted])
    }
  }
}
