/// Writes keys as YAML, in the order of declaration.
struct KeyWriter: KeyVisitor {
  private let scope: KeyScope
  private(set) var text = ""
  private var margin = ""

  init(_ scope: KeyScope = .all) { self.scope = scope }

  mutating func read(if condition: Bool, _ declare: (inout Self) throws -> Void) throws {
    guard condition || scope == .all else { return }
    try declare(&self)
  }

  mutating func key<Value>(
    _ name: String, _ value: inout Value, _ form: Form<Value>, meaninglessWith context: String?
  ) {
    guard context == nil else { return }
    switch form.write(value) {
    case .word(let word): line("\(name): \(word)")
    case .items(let items) where items.isEmpty: line("\(name): []")
    case .items(let items):
      line("\(name):")
      for item in items { line("  - \(item)") }
    }
  }

  mutating func section<Section: KeyedSection>(
    _ name: String, _ section: inout Section, startingFrom start: Section?
  ) throws {
    line("\(name):")
    try indented { try section.visit(&$0) }
  }

  mutating func section<Section: KeyedSection>(_ name: String, _ section: inout Section?) throws {
    guard var value = section else { return line("\(name): null") }
    try self.section(name, &value)
  }

  mutating func table<Section: KeyedSection>(
    _ name: String, _ sections: inout [String: Section]
  ) throws {
    guard !sections.isEmpty else { return line("\(name): {}") }
    line("\(name):")
    try indented { writer in
      for (name, value) in sections.sorted(by: { $0.key < $1.key }) {
        var value = value
        try writer.section(YAMLWord.written(name), &value)
      }
    }
  }

  private mutating func line(_ content: String) { text += "\(margin)\(content)\n" }

  private mutating func indented(_ body: (inout KeyWriter) throws -> Void) rethrows {
    margin += "  "
    try body(&self)
    margin.removeLast(2)
  }
}
