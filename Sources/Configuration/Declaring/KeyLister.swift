/// Lists every key that may be written, dotted; FIELD stands for a name that is the user's.
struct KeyLister: KeyVisitor {
  private(set) var keys: [String] = []
  private var path: [String] = []

  mutating func key<Value>(
    _ name: String, _ value: inout Value, _ form: Form<Value>, meaninglessWith context: String?
  ) {
    keys.append((path + [name]).joined(separator: "."))
  }

  mutating func section<Section: KeyedSection>(
    _ name: String, _ section: inout Section, startingFrom start: Section?
  ) throws {
    path.append(name)
    try section.visit(&self)
    path.removeLast()
  }

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
