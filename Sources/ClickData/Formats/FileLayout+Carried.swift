extension FileLayout {
  /// The same layout, with the columns that a pass carries beside the fields.
  ///
  /// A column is one of the file, one in the file's path, or, as a value, a field derived from one.
  func carrying(
    _ reading: RowReading, fields: [DatasetSettings.Field], path: String
  ) throws -> FileLayout {
    guard !reading.columns.isEmpty else { return self }
    var layout = self
    let columns = try reading.columns.map {
      try layout.column(named: $0, reading, fields, path)
    }
    switch reading {
    case .labelled: layout.carried = Carried(columns: columns, form: .value)
    case .unlabelled: layout.carried = Carried(columns: columns, form: .written)
    }
    return layout
  }

  private mutating func column(
    named name: String, _ reading: RowReading, _ fields: [DatasetSettings.Field], _ path: String
  ) throws -> Int {
    // A line cutter has the texts of a sequence in a list, and none in its column.
    let listed = cutter == nil ? [] : Set(lists.map(\.column))
    let found = columnNames.indices.filter { columnNames[$0] == name && !listed.contains($0) }
    guard found.count < 2 else {
      throw DataFailure.header(.repeated(name), path: path, line: 1)
    }
    if let column = found.first { return column }
    let partitions = cutter == nil ? InputPaths.partitions(of: path) : []
    if let partition = partitions.last(where: { $0.key == name }) {
      pathValues.append(partition.value)
      return columnCount + 3 * times.count + pathValues.count - 1
    }
    let derived = fields.indices.filter { fieldColumns[$0] >= columnCount }
    if case .labelled = reading, let field = derived.first(where: { fields[$0].name == name }) {
      return fieldColumns[field]
    }
    let names = columnNames.indices.filter { !listed.contains($0) }.map { columnNames[$0] }
    throw DataFailure.noColumn(
      name, columns: names + partitions.map(\.key), path: InputPaths.displayName(path))
  }
}
