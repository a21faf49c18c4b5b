/// Lists the keys that may be written, dotted; FIELD represents a name that the user chooses.
struct KeyLister: DeclarationVisitor {
  private let scope: KeyScope
  private(set) var keys: [String] = []
  var path: [String] = []

  init(_ scope: KeyScope = .all) { self.scope = scope }

  mutating func read(if condition: Bool, _ declare: (inout Self) throws -> Void) throws {
    guard condition || scope == .all else { return }
    try declare(&self)
  }

  mutating func key<Value>(
    _ name: String, _ value: inout Value, _ form: Form<Value>, meaninglessWith context: String?
  ) {
    keys.append(dotted(name))
  }
}
