extension Form where Value == Int {
  /// A whole number within bounds.
  static func integer(_ bounds: ClosedRange<Int>) -> Form {
    .word(
      expected: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)",
      read: { text, quoted in
        quoted ? nil : YAMLWord.integer(text).flatMap { bounds.contains($0) ? $0 : nil }
      },
      write: { "\($0)" })
  }

  /// A whole number with a lower bound.
  static func integer(_ bounds: PartialRangeFrom<Int>) -> Form {
    .word(
      expected: "a whole number of at least \(bounds.lowerBound)",
      read: { text, quoted in
        quoted ? nil : YAMLWord.integer(text).flatMap { bounds.contains($0) ? $0 : nil }
      },
      write: { "\($0)" })
  }
}

extension Form where Value == Int? {
  /// A whole number within bounds, or a word that stands for none.
  static func integer(_ bounds: ClosedRange<Int>, or word: String) -> Form {
    .word(
      expected: "\(word) or a whole number from \(bounds.lowerBound) to \(bounds.upperBound)",
      read: { text, quoted in
        if text == word { return .some(nil) }
        guard !quoted, let value = YAMLWord.integer(text), bounds.contains(value) else {
          return nil
        }
        return value
      },
      write: { $0.map { "\($0)" } ?? word })
  }
}

extension Form where Value == [Int] {
  /// Whole numbers in a list; `null` is none.
  static func list(of one: Form<Int>, _ expected: String) -> Form {
    Form(
      read: { node in
        if node.isNull { return [] }
        guard case .list(let items) = node.content else { throw node.mismatch(expected: expected) }
        return try items.map(one.read)
      },
      write: { .items($0.map { "\($0)" }) })
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

  /// A number of which something holds.
  static func number(
    _ expected: String, where holds: @escaping (Double) -> Bool
  ) -> Form {
    .word(
      expected: expected,
      read: { text, quoted in
        quoted ? nil : YAMLWord.number(text).flatMap { holds($0) ? $0 : nil }
      },
      write: { YAMLWord.written($0) })
  }
}
