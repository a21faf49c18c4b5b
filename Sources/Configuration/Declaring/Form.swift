/// A value as YAML text.
enum WrittenValue {
  /// On the line of its key.
  case word(String)
  /// One item per line.
  case items([String])
}

/// How the value of a key is read from YAML and written to it.
struct Form<Value> {
  /// Reads a value; throws if the node holds something else.
  let read: (ConfigurationNode) throws -> Value
  /// Writes a value so that `read` returns an equal one.
  let write: (Value) -> WrittenValue
  /// What is accepted, as a noun phrase.
  let expected: String

  /// A single word; `expected` describes what is accepted.
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
      write: { .word(write($0)) }, expected: expected)
  }

  /// The same, or `null`.
  static func optional<Wrapped>(_ form: Form<Wrapped>) -> Form where Value == Wrapped? {
    Form(
      read: { $0.isNull ? nil : try form.read($0) },
      write: { $0.map { form.write($0) } ?? .word("null") },
      expected: "\(form.expected), or null")
  }
}

extension Form {
  /// The same, whose refusal of `null` adds what to write instead.
  func insteadOfNull(_ advice: String) -> Form {
    Form(
      read: { node in
        do {
          return try read(node)
        } catch let failure as ConfigurationFailure where node.isNull {
          throw ConfigurationFailure(failure.origin, failure.key, "\(failure.problem); \(advice)")
        }
      },
      write: write, expected: expected)
  }
}

extension Form where Value == Bool {
  /// `true` or `false`.
  static var flag: Form {
    .word(expected: "true or false", read: { $1 ? nil : YAMLWord.flag($0) }, write: { "\($0)" })
  }
}

extension Form where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of a few words, in capitals or not.
  static var choice: Form {
    let words = Value.allCases.map(\.rawValue)
    let expected = words.count == 1 ? words[0] : "one of \(words.joined(separator: ", "))"
    return Form(
      read: { node in
        guard case .scalar(let text, _) = node.content,
          let value = Value.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() })
        else {
          throw node.mismatch(expected: expected, hint: hint(for: node, among: words))
        }
        return value
      },
      write: { .word($0.rawValue) }, expected: expected)
  }

  private static func hint(for node: ConfigurationNode, among words: [String]) -> String {
    guard words.count > 1, case .scalar(let text, _) = node.content else { return "" }
    return Spelling.nearest(to: text, among: words).map { "; did you mean \($0)?" } ?? ""
  }
}

extension Form where Value == Int {
  /// A whole number within bounds.
  static func integer(_ bounds: ClosedRange<Int>) -> Form {
    integer("a whole number from \(bounds.lowerBound) to \(bounds.upperBound)", in: bounds)
  }

  /// A whole number with a lower bound.
  static func integer(_ bounds: PartialRangeFrom<Int>) -> Form {
    integer("a whole number of at least \(bounds.lowerBound)", in: bounds)
  }

  private static func integer(_ expected: String, in bounds: some RangeExpression<Int>) -> Form {
    .word(
      expected: expected, read: { YAMLWord.integer($0, quoted: $1, in: bounds) },
      write: { "\($0)" })
  }
}

extension Form where Value == Int? {
  /// A whole number within bounds, or a word that means none.
  static func integer(_ bounds: ClosedRange<Int>, or word: String) -> Form {
    .word(
      expected: "\(word) or a whole number from \(bounds.lowerBound) to \(bounds.upperBound)",
      read: { text, quoted in
        if text == word { return .some(nil) }
        return YAMLWord.integer(text, quoted: quoted, in: bounds).map { .some($0) }
      },
      write: { $0.map { "\($0)" } ?? word })
  }
}

extension Form where Value == [Int] {
  /// A list of whole numbers; `null` is an empty one.
  static func list(of one: Form<Int>, _ expected: String) -> Form {
    Form(
      read: { node in
        if node.isNull { return [] }
        guard case .list(let items) = node.content else { throw node.mismatch(expected: expected) }
        return try items.map(one.read)
      },
      write: { .items($0.map { "\($0)" }) }, expected: expected)
  }
}

extension Form where Value == Double {
  /// A number above 0.
  static var positive: Form { number("a number above 0") { $0 > 0 } }

  /// A number of at least 0.
  static var notNegative: Form { number("a number of at least 0") { $0 >= 0 } }

  /// A number of at most 0.
  static var notPositive: Form { number("a number of at most 0") { $0 <= 0 } }

  /// A number from 0 to 1.
  static var share: Form { number("a number from 0 to 1") { (0...1).contains($0) } }

  /// A number that satisfies a condition.
  static func number(_ expected: String, where holds: @escaping (Double) -> Bool) -> Form {
    .word(
      expected: expected,
      read: { text, quoted in
        quoted ? nil : YAMLWord.number(text).flatMap { holds($0) ? $0 : nil }
      },
      write: { YAMLWord.written($0) })
  }
}

extension Form where Value == String {
  /// A text of at least one character.
  static func text(_ expected: String) -> Form { text(expected) { !$0.isEmpty } }

  /// A text that satisfies a condition.
  static func text(_ expected: String, where holds: @escaping (String) -> Bool) -> Form {
    .word(
      expected: expected, read: { text, _ in holds(text) ? text : nil },
      write: { YAMLWord.written($0) })
  }
}

extension Form where Value == [String] {
  /// One text, or a list of texts; `null` is an empty list.
  static func texts(_ expected: String) -> Form {
    let one = Form<String>.text(expected)
    let several = "\(expected), or a list of such"
    return Form(
      read: { node in
        if node.isNull { return [] }
        switch node.content {
        case .scalar: return [try one.read(node)]
        case .list(let items): return try items.map(one.read)
        case .mapping: throw node.mismatch(expected: several)
        }
      },
      write: { .items($0.map { YAMLWord.written($0) }) }, expected: several)
  }
}
