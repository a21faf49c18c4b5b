import ClickData

extension Blueprint {
  /// One table a field, `name.FIELD.weight` of shape `[rows_f, dimension]`, drawn from N(0, 1e-4²), those of number
  /// fields Xavier-normal as a `Linear(1, dimension)` would be.
  func tables(named name: String, dimension: Int) -> [Parameter] {
    zip(schema, touchedRows).map { field, touched in
      let table = Parameter(
        name: "\(name).\(field.name).weight", table: touched, dimension: dimension,
        history: rowHistory(dimension))
      let deviation =
        switch field.kind {
        case .category, .sequence: 1e-4
        case .value: (2 / Double(1 + dimension)).squareRoot()
        }
      initializer.normal(table, deviation: deviation)
      return table
    }
  }
}
