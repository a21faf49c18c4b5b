/// Labels of runs in a figure: what differs between their names.
enum RunLabels {
  private static let separators: Set<Character> = ["_", "-", "/", ".", " ", ",", "·", "="]

  /// What is left out of names.
  enum Trimming {
    /// The words that all of them begin or end with.
    case sharedWords
    /// No word.
    case nothing
  }

  /// The names without what is left out; equal ones are numbered.
  ///
  /// Names of fewer than three runs, and names that would lose all their words, are kept.
  static func labels(_ names: [String], trimming: Trimming = .sharedWords) -> [String] {
    let words = names.map(parts)
    guard trimming == .sharedWords, let first = words.first, names.count > 2 else {
      return numbered(names)
    }
    let shortest = words.map(\.count).min() ?? 0
    var (head, tail) = (0, 0)
    while head < shortest - 1, words.allSatisfy({ $0[head] == first[head] }) { head += 1 }
    while tail < shortest - 1 - head,
      words.allSatisfy({ $0[$0.count - 1 - tail] == first[first.count - 1 - tail] })
    { tail += 1 }
    return numbered(
      words.map { words in
        var label = words[head..<(words.count - tail)].joined()[...]
        while let last = label.last, separators.contains(last) { label.removeLast() }
        return String(label)
      })
  }

  /// The words of a name, each with the separators behind it.
  private static func parts(_ name: String) -> [String] {
    var parts: [String] = []
    var part = ""
    for character in name {
      if let last = part.last, separators.contains(last), !separators.contains(character) {
        parts.append(part)
        part = ""
      }
      part.append(character)
    }
    return parts + [part]
  }

  /// Shortened to a width, such that different labels stay different.
  static func fitted(_ labels: [String], size: Double, limit: Double) -> [String] {
    let fitted = labels.map { TextWidth.fitted($0, size: size, limit: limit) }
    guard Set(fitted).count < Set(labels).count else { return fitted }
    return numbered(labels.map { TextWidth.fitted($0, size: size, limit: limit - 2 * size) })
  }

  /// Equal labels with their number among these.
  private static func numbered(_ labels: [String]) -> [String] {
    let counts = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
    var met: [String: Int] = [:]
    return labels.map { label in
      guard counts[label, default: 0] > 1 else { return label }
      met[label, default: 0] += 1
      return "\(label) (\(met[label, default: 0]))"
    }
  }
}
