/// A value as YAML text.
enum WrittenValue {
  /// On the line of its key.
  case word(String)
  /// An item a line.
  case items([String])
}

/// How the value of a key is written: from YAML and back.
struct Form<Value> {
  /// Takes a value from what was written; throws where it is something else.
  let read: (ConfigurationNode) throws -> Value
  /// Writes a value so that `read` finds it equal.
  let write: (Value) -> WrittenValue

  /// A single word, told from a longer description of what is expected.
  static func word(
    expected: String, read: @escaping (_ text: String, _ quoted: Bool) -> Value?,
    write: @escaping (Value) -> String
  ) -> Form {
    Form(
      read: { node in
        guard case .scalar(let text, let quoted) = node.content, !node.isNull,
          let value = read(text, quoted)
        else { throw node.mismatch(expected: expected) }
        return value
      },
      write: { .word(write($0)) })
  }

  /// The same, or `null`.
  static func optional<Wrapped>(_ form: Form<Wrapped>) -> Form where Value == Wrapped? {
    Form(
      read: { $0.isNull ? nil : try form.read($0) },
      write: { $0.map { form.write($0) } ?? .word("null") })
  }
}

extension Form where Value == Bool {
  /// `true` or `false`.
  static var flag: Form {
    .word(
      expected: "true or false", read: { $1 ? nil : YAMLWord.flag($0) }, write: { "\($0)" })
  }
}

extension Form where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of a few words, in capitals or not.
  static var choice: Form {
    let words = Value.allCases.map(\.rawValue)
    return Form(
      read: { node in
        guard case .scalar(let text, _) = node.content,
          let value = Value.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() })
        else {
          throw node.mismatch(
            expected: words.count == 1 ? words[0] : "one of \(words.joined(separator: ", "))",
            hint: hint(for: node, among: words))
        }
        return value
      },
      write: { .word($0.rawValue) })
  }

  private static func hint(for node: ConfigurationNode, among words: [String]) -> String {
    guard words.count > 1, case .scalar(let text, _) = node.content else { return "" }
    return Spelling.nearest(to: text, among: words).map { "; did you mean \($0)?" } ?? ""
  }
}
