/// Reads the keys of one section from what was written, and refuses those that nobody declared.
struct KeyReader: KeyVisitor {
  private let node: ConfigurationNode
  private let members: [ConfigurationNode.Member]
  // Files know one more key at their root: the reader of files has used it already.
  private var declared: [String]

  private init(_ node: ConfigurationNode) throws {
    guard let members = node.members else { throw node.mismatch(expected: "a mapping") }
    self.node = node
    self.members = members
    declared = node.key.isEmpty ? ["extends"] : []
  }

  /// Lays what was written over a section.
  static func read<Section: KeyedSection>(
    _ node: ConfigurationNode, into section: inout Section
  ) throws {
    var reader = try KeyReader(node)
    try section.visit(&reader)
    try reader.refuseUndeclared()
  }

  mutating func key<Value>(
    _ name: String, _ value: inout Value, _ form: Form<Value>, meaninglessWith context: String?
  ) throws {
    declared.append(name)
    guard let written = node[name] else { return }
    guard let context else {
      value = try form.read(written)
      return
    }
    guard written.isNull else {
      throw ConfigurationFailure(
        written.origin, written.key, "has no meaning with \(context); remove it")
    }
  }

  mutating func section<Section: KeyedSection>(
    _ name: String, _ section: inout Section, startingFrom start: Section?
  ) throws {
    declared.append(name)
    guard let written = node[name], !written.isNull else { return }
    if let start { section = start }
    try Self.read(written, into: &section)
  }

  mutating func section<Section: KeyedSection>(_ name: String, _ section: inout Section?) throws {
    declared.append(name)
    guard let written = node[name], !written.isNull else { return }
    var value = Section()
    try Self.read(written, into: &value)
    section = value
  }

  mutating func table<Section: KeyedSection>(
    _ name: String, _ sections: inout [String: Section]
  ) throws {
    declared.append(name)
    guard let written = node[name] else { return }
    guard let members = written.members else { throw written.mismatch(expected: "a mapping") }
    for member in members {
      var value = Section()
      try Self.read(member.value, into: &value)
      sections[member.name] = value
    }
  }

  private func refuseUndeclared() throws {
    guard let unknown = members.first(where: { !declared.contains($0.name) }) else { return }
    let advice =
      RunConfiguration.namesElsewhere[unknown.name].map { "did you mean \($0)?" }
      ?? RunConfiguration.key(endingIn: unknown.name, near: node.key).map { "did you mean \($0)?" }
      ?? Spelling.nearest(to: unknown.name, among: declared).map { "did you mean \($0)?" }
      ?? "expected one of \(declared.joined(separator: ", "))"
    throw ConfigurationFailure(
      unknown.origin, unknown.value.key, "unknown key; \(advice)")
  }
}
