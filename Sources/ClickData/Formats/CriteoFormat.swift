/// The Criteo format: 40 columns separated by tabs, no header.
struct CriteoFormat: InputFormat {
  let declared: [DatasetSettings.Field] = []

  private static let label = "label"
  private static let numeric = (1...13).map { "I\($0)" }
  private static let categorical = (1...26).map { "C\($0)" }
  private static let columns = [label] + numeric + categorical
  private static let fields =
    numeric.map { FieldDeclaration(name: $0, kind: .numeric) }
    + categorical.map { FieldDeclaration(name: $0, kind: .categorical, mayBeNumber: false) }

  func check() {}

  func schema(header: () throws -> [String]) -> (label: String, fields: [FieldDeclaration]) {
    (Self.label, Self.fields)
  }

  func start(label: String?, fields: [DatasetSettings.Field]) throws -> FileStart {
    guard label == nil else { return .rows(try layout(Self.columns, label: 0, fields)) }
    return .unlabelledRows(
      with: try layout(Self.columns, label: nil, fields),
      without: try layout(Array(Self.columns.dropFirst()), label: nil, fields))
  }

  private func layout(
    _ columns: [String], label: Int?, _ fields: [DatasetSettings.Field]
  ) throws -> FileLayout {
    FileLayout(
      columnCount: columns.count, delimiter: 0x09, labelColumn: label,
      fieldColumns: try fields.map { field in
        guard let column = columns.firstIndex(of: field.name) else {
          throw DataFailure.settings(.unknownField(field.name, fields: Self.fields.map(\.name)))
        }
        return column
      },
      columnNames: columns)
  }
}
