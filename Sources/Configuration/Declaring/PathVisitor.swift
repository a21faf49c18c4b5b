/// Visits keys below the names of the sections that hold them.
protocol PathVisitor: KeyVisitor {
  /// The names of the sections around the keys that are visited.
  var path: [String] { get set }
}

extension PathVisitor {
  /// A key of the section that is visited, with the names of all sections around it.
  func dotted(_ name: String) -> String { (path + [name]).joined(separator: ".") }

  mutating func section<Section: KeyedSection>(
    _ name: String, _ section: inout Section, startingFrom start: Section?
  ) throws {
    path.append(name)
    try section.visit(&self)
    path.removeLast()
  }
}

/// Visits every declaration, written or not: of a section that may be omitted, and of one entry of a
/// table, whose name is FIELD.
protocol DeclarationVisitor: PathVisitor {}

extension DeclarationVisitor {
  mutating func section<Section: KeyedSection>(_ name: String, _ section: inout Section?) throws {
    var value = Section()
    try self.section(name, &value)
  }

  mutating func table<Section: KeyedSection>(
    _ name: String, _ sections: inout [String: Section]
  ) throws {
    path.append(name)
    var value = Section()
    try section("FIELD", &value)
    path.removeLast()
  }
}
