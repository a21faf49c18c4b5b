/// The rules by which the lines of a data set are read: which fields, in which order, from which columns.
struct TextFormat {
  let format: DatasetSettings.Format
  /// What separates the columns; nil is told from the header: a tab if it has one, else a comma.
  let delimiter: UInt8?
  let label: String
  let fields: [DatasetSettings.Field]

  /// The rules of settings for these fields; of one that the settings do not declare its name is all there is to know.
  init(_ settings: DatasetSettings, label: String, fields names: [String]) {
    format = settings.format
    delimiter = settings.delimiterByte
    self.label = label
    let declared =
      switch settings.format {
      case .libffm, .libsvm: FeatureTable.fields(of: settings)
      case .criteo, .avazu, .delimited: settings.fields
      }
    fields = names.map { name in
      declared.first { $0.name == name }
        ?? DatasetSettings.Field(name: name, kind: .categorical)
    }
  }

  var hasHeader: Bool {
    switch format {
    case .criteo, .libffm, .libsvm: false
    case .avazu, .delimited: true
    }
  }

  /// All that the settings say of where fields stand in the text, for a recipe.
  var description: String {
    let delimiter = delimiter.map { "\($0)" } ?? "as the header says"
    let places = fields.compactMap { field -> String? in
      if let numbers = field.numbers {
        return "\(field.name) \(field.kind) \(numbers.lowerBound) to \(numbers.upperBound)"
      }
      return field.kind == .sequence ? "\(field.name) split at \(field.splitter)" : nil
    }
    return (["format \(format.rawValue)", "delimiter \(delimiter)"] + places)
      .joined(separator: ", ")
  }

  /// The layout of a file without a header.
  func layout() throws -> FileLayout {
    switch format {
    case .libffm, .libsvm: return featureLayout()
    case .criteo, .avazu, .delimited: break
    }
    return FileLayout(
      columnCount: CriteoLayout.columns.count, delimiter: 0x09, labelColumn: 0,
      fieldColumns: try fields.map { field in
        guard let column = CriteoLayout.columns.firstIndex(of: field.name) else {
          throw DataFailure.settings(
            .unknownField(field.name, fields: CriteoLayout.fields.map(\.name)))
        }
        return column
      },
      columnNames: CriteoLayout.columns)
  }

  /// The layout of a file with this header.
  func layout(header: UnsafeMutableBufferPointer<UInt8>, path: String, line: Int) throws
    -> FileLayout
  {
    let header = try Header(
      header, delimiter: delimiter, quotes: format == .delimited, path: path, line: line)
    switch format {
    case .criteo, .libffm, .libsvm: return try layout()
    case .avazu:
      try header.expect(AvazuLayout.columns)
      return try header.layout(label: label, fields: fields.map(\.name), hour: AvazuLayout.hour)
    case .delimited:
      var layout = try header.layout(label: label, fields: fields.map(\.name), hour: nil)
      layout.lists = lists(layout.fieldColumns)
      return layout
    }
  }

  /// The label, a column a field, and the line itself.
  private func featureLayout() -> FileLayout {
    let columns = fields.indices.map { $0 + 1 }
    return FileLayout(
      columnCount: fields.count + 1, delimiter: 0x20, labelColumn: 0, fieldColumns: columns,
      columnNames: [label] + fields.map(\.name), lists: lists(columns),
      features: FeatureTable(fields, namesFields: format == .libffm))
  }

  private func lists(_ columns: [Int]) -> [FileLayout.List] {
    zip(fields.indices, columns).compactMap { index, column in
      let field = fields[index]
      guard field.kind == .sequence else { return nil }
      return FileLayout.List(
        field: index, column: column, splitter: field.splitter.utf8.first ?? 0x7c,
        most: field.sequence.maxLength)
    }
  }
}
