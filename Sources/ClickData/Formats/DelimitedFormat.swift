/// Columns separated by a delimiter, under a header that names them; each may be in double quotes.
struct DelimitedFormat: InputFormat {
  let declared: [DatasetSettings.Field]
  private let label: String?
  private let weight: String?
  private let quotes: Bool

  init(_ settings: DatasetSettings) {
    declared = settings.fields
    label = settings.label
    weight = settings.weight
    quotes = settings.quote == .double
  }

  /// The three fields of a timestamp may not have the name of another field.
  func check() throws {
    var names = Set(declared.map(\.name))
    for field in declared where field.kind == .timestamp {
      for name in field.timeParts where !names.insert(name).inserted {
        throw DataFailure.settings(.repeatedField(name))
      }
    }
  }

  func schema(header: () throws -> [String]) throws -> (label: String, fields: [FieldDeclaration]) {
    let fields = declared.flatMap { field in
      guard field.kind == .timestamp else {
        return [FieldDeclaration(field, categoryMayBeNumber: true)]
      }
      return field.timeParts.map { FieldDeclaration(name: $0, kind: .categorical) }
    }
    if let label, !fields.isEmpty { return (label, fields) }
    let names = try header()
    let label = try label ?? Self.defaultLabel(names)
    guard label != weight else { throw DataFailure.settings(.weightIsLabel(label)) }
    guard fields.isEmpty else {
      guard !declared.contains(where: { $0.name == label }) else {
        throw DataFailure.settings(.labelIsField(label))
      }
      return (label, fields)
    }
    let others = names.filter { $0 != label && $0 != weight }
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

  func start(label: String?, fields: [DatasetSettings.Field]) -> FileStart {
    .header(quotes: quotes) { header in
      var columns = try header.columns(label: label, weight: weight)
      for field in declared where field.kind == .timestamp {
        columns.derive(field.timeParts, from: field.name, .timestamp)
      }
      var layout = try columns.layout(of: fields)
      layout.lists = fields.lists(in: layout.fieldColumns)
      return layout
    }
  }
}

extension DatasetSettings.Field {
  /// The names of the fields that a timestamp becomes.
  var timeParts: [String] { TimeColumns.parts.map { "\(name)_\($0)" } }
}
