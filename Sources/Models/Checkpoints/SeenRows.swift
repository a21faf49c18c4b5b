/// Which rows of each field's tables training touched: what tells a trained row from an initial one.
public enum SeenRows {
  /// Writes one boolean a table row, under the field's name.
  public static func save(_ model: CTRModel, to path: String) throws {
    try SafetensorsFile.write(entries(of: model), metadata: [:], to: path)
  }

  /// Reads them into the model's `touchedRows`; any byte but zero is true.
  public static func load(into model: CTRModel, from path: String) throws {
    try SafetensorsFile.read(into: entries(of: model), from: path)
    for touched in model.touchedRows { touched.seenWasReplaced() }
  }

  /// A tensor a field, its name after `prefix`.
  static func entries(of model: CTRModel, prefix: String = "") -> [TensorEntry] {
    zip(model.schema, model.touchedRows).map { field, touched in
      TensorEntry(
        name: prefix + field.name, type: .bool, shape: [touched.tableRows],
        start: UnsafeMutableRawPointer(touched.seen), rows: 1, rowBytes: touched.tableRows,
        stride: touched.tableRows)
    }
  }
}
