/// Reads the keys of one section from YAML; throws `UnknownKey` for a key that the section does not
/// declare.
struct KeyReader: KeyVisitor {
  private let node: ConfigurationNode
  private let members: [ConfigurationNode.Member]
  // Files have one more key at their root, which the reader of files has used already.
  private var declared: [String]

  private init(_ node: ConfigurationNode, example: String? = nil) throws {
    guard let members = node.members else {
      let advice = example.map { "; write \(node.name): \($0)" } ?? ""
      throw node.mismatch(expected: "a mapping", hint: advice)
    }
    self.node = node
    self.members = members
    declared = node.key.isEmpty ? ["extends"] : []
  }

  /// Applies what was written to a section.
  static func read<Section: KeyedSection>(
    _ node: ConfigurationNode, into section: inout Section
  ) throws {
    var reader = try KeyReader(node, example: Section.example)
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
        written.origin, written.key,
        "has no meaning with \(context); remove it\(override(of: written, beside: context))")
    }
  }

  /// Where a key of a file that is extended can be removed from the file that extends it.
  ///
  /// The context, such as "encoding: hash", begins with the key that takes its meaning.
  private func override(of written: ConfigurationNode, beside context: String) -> String {
    let key = context.prefix { $0 != ":" }
    guard let cause = members.first(where: { $0.name == key })?.value,
      cause.source != written.source
    else { return "" }
    return cause.origin.hasPrefix("--set ")
      ? ", or add --set \(written.key)=null"
      : ", or write \(written.name): null beside \(key) in \(cause.source)"
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

  func isWritten(_ name: String) -> Bool { node[name].map { !$0.isNull } ?? false }

  private func refuseUndeclared() throws {
    guard let unknown = members.first(where: { !declared.contains($0.name) }) else { return }
    throw UnknownKey(
      name: unknown.name, key: unknown.value.key, section: node.key, origin: unknown.origin,
      declared: declared)
  }
}

/// A key that its section does not declare.
struct UnknownKey: Error {
  let name: String
  /// The whole dotted key, and that of its section.
  let key: String
  let section: String
  /// The file and line, or the option, in which it was written.
  let origin: String
  /// The keys of the section.
  let declared: [String]
}
