extension Form where Value == String {
  /// A text of at least one character.
  static func text(_ expected: String) -> Form { text(expected) { !$0.isEmpty } }

  /// A text of which something holds.
  static func text(_ expected: String, where holds: @escaping (String) -> Bool) -> Form {
    .word(
      expected: expected, read: { text, _ in holds(text) ? text : nil },
      write: { YAMLWord.written($0) })
  }
}

extension Form where Value == [String] {
  /// One text, or a list of them; `null` is none.
  static func texts(_ expected: String) -> Form {
    let one = Form<String>.text(expected)
    return Form(
      read: { node in
        if node.isNull { return [] }
        switch node.content {
        case .scalar: return [try one.read(node)]
        case .list(let items): return try items.map(one.read)
        case .mapping: throw node.mismatch(expected: "\(expected), or a list of such")
        }
      },
      write: { .items($0.map { YAMLWord.written($0) }) })
  }
}
