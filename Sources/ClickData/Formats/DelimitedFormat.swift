/// Columns separated by a delimiter, under a header that names them; each may be in double quotes.
struct DelimitedFormat: InputFormat {
  let declared: [DatasetSettings.Field]
  private let label: String?
  private let quotes: Bool

  init(_ settings: DatasetSettings) {
    declared = settings.fields
    label = settings.label
    quotes = settings.quote == .double
  }

  func check() {}

  func schema(header: () throws -> [String]) throws -> (label: String, fields: [FieldDeclaration]) {
    let fields = declared.map { FieldDeclaration($0, categoryMayBeNumber: true) }
    if let label, !fields.isEmpty { return (label, fields) }
    let names = try header()
    let label = try label ?? Self.defaultLabel(names)
    guard fields.isEmpty else {
      guard !fields.contains(where: { $0.name == label }) else {
        throw DataFailure.settings(.labelIsField(label))
      }
      return (label, fields)
    }
    let others = names.filter { $0 != label }
    guard !others.isEmpty else { throw DataFailure.settings(.noFields) }
    return (label, others.map { FieldDeclaration(name: $0, kind: .categorical) })
  }

  /// What the label's column is often called.
  private static let labelNames: Set = ["click", "label", "clicked", "target"]

  /// The first column, unless another one has the name of a label and it has not.
  private static func defaultLabel(_ names: [String]) throws -> String {
    func isLabel(_ name: String) -> Bool { labelNames.contains(name.lowercased()) }
    if !isLabel(names[0]), let other = names.first(where: isLabel) {
      throw DataFailure.settings(.label(first: names[0], other: other))
    }
    return names[0]
  }

  func start(label: String, fields: [DatasetSettings.Field]) -> FileStart {
    .header(quotes: quotes) { header in
      var layout = try header.layout(label: label, fields: fields.map(\.name), hour: nil)
      layout.lists = fields.lists(in: layout.fieldColumns)
      return layout
    }
  }
}
