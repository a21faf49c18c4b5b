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
