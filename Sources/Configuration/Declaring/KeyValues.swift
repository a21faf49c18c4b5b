/// Lists every key with its value, dotted; keys without a meaning are left out.
struct KeyValues: PathVisitor {
  private(set) var values: [(key: String, value: String)] = []
  var path: [String] = []

  mutating func key<Value>(
    _ name: String, _ value: inout Value, _ form: Form<Value>, meaninglessWith context: String?
  ) {
    guard context == nil else { return }
    switch form.write(value) {
    case .word(let word): add(name, word)
    case .items(let items): add(name, "[\(items.joined(separator: ", "))]")
    }
  }

  mutating func section<Section: KeyedSection>(_ name: String, _ section: inout Section?) throws {
    guard var value = section else { return add(name, "null") }
    try self.section(name, &value)
  }

  mutating func table<Section: KeyedSection>(
    _ name: String, _ sections: inout [String: Section]
  ) throws {
    path.append(name)
    for (name, value) in sections.sorted(by: { $0.key < $1.key }) {
      var value = value
      try section(YAMLWord.written(name), &value)
    }
    path.removeLast()
  }

  private mutating func add(_ name: String, _ value: String) {
    values.append((dotted(name), value))
  }
}
