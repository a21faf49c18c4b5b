import ClickData

/// A key of a configuration, as a reference describes it.
public struct KeyDeclaration: Equatable, Sendable {
  /// The dotted key; FIELD represents a field's name, and `[]` an item of a list.
  public let key: String
  /// What the key takes, as a noun phrase with its range.
  public let expected: String
  /// The default as YAML; empty where there is none.
  public let standard: String
  /// What the key does, in one sentence; empty for an undescribed key.
  public var meaning: String { KeyMeanings.of[key] ?? "" }
}

/// Lists every key that may be written, with what it takes and its default.
struct KeyCatalogue: DeclarationVisitor {
  private(set) var declarations: [KeyDeclaration] = []
  var path: [String] = []

  mutating func key<Value>(
    _ name: String, _ value: inout Value, _ form: Form<Value>, meaninglessWith context: String?
  ) throws {
    let standard =
      switch form.write(value) {
      case .word(let word): word == "\"\"" ? "" : word
      case .items(let items): "[\(items.joined(separator: ", "))]"
      }
    let key = dotted(name)
    declarations.append(
      KeyDeclaration(key: key, expected: form.expected, standard: standard))
    guard Value.self == [DatasetSettings.Field].self else { return }
    path.append("\(name)[]")
    try DatasetSettings.visitField(&self)
    path.removeLast()
  }
}
