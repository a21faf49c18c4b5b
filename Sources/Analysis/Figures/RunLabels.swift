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
      if let last = part.last, separators.contains(last), !separators.contains(character),
        !isInsideNumber(part, before: character)
      {
        parts.append(part)
        part = ""
      }
      part.append(character)
    }
    return parts + [part]
  }

  /// Whether a separator is the point or the sign within a number, such as `1.0e-4`.
  private static func isInsideNumber(_ part: String, before character: Character) -> Bool {
    let last = part.suffix(3)
    guard character.isNumber, let separator = last.last else { return false }
    let before = last.dropLast()
    return separator == "." && before.last?.isNumber == true
      || separator == "-" && before.last == "e" && before.first?.isNumber == true
  }

  /// Shortened to a width, such that different labels stay different.
  ///
  /// Labels that would become equal keep the part in which they differ; where that is too long as
  /// well, they are numbered.
  static func fitted(_ labels: [String], size: Double, limit: Double) -> [String] {
    func fit(_ label: String, _ limit: Double) -> String {
      TextWidth.fitted(label, size: size, limit: limit)
    }
    var fitted = labels.map { fit($0, limit) }
    guard Set(fitted).count < Set(labels).count else { return fitted }
    let short = self.labels(labels)
    if Set(short).count == Set(labels).count,
      short.allSatisfy({ TextWidth.estimate($0, size: size) <= limit })
    {
      return short
    }
    for group in Dictionary(grouping: labels.indices, by: { fitted[$0] }).values {
      let names = group.map { labels[$0] }
      guard Set(names).count > 1 else { continue }
      let cores = differences(names)
      for (index, core) in zip(group, cores) {
        let whole = labels[index].hasSuffix(core) ? core : core + "…"
        fitted[index] = fit(labels[index].prefix(3) + "…" + whole, limit)
      }
    }
    guard Set(fitted).count < Set(labels).count else { return fitted }
    let number = TextWidth.estimate(" (\(labels.count))", size: size)
    var numbers: [String: Int] = [:]
    for label in labels where numbers[label] == nil { numbers[label] = numbers.count + 1 }
    return labels.map { "\(fit($0, limit - number)) (\(numbers[$0, default: 0]))" }
  }

  /// The names without the characters that all of them begin or end with.
  private static func differences(_ names: [String]) -> [String] {
    let characters = names.map(Array.init)
    let shortest = characters.map(\.count).min() ?? 0
    func agree(_ place: (Int) -> Int) -> Bool {
      Set(characters.map { $0[place($0.count)] }).count == 1
    }
    let head = (0..<shortest).first { place in !agree { _ in place } } ?? shortest
    let tail =
      (0..<(shortest - head)).first { place in !agree { $0 - 1 - place } } ?? shortest - head
    return characters.map { String($0[head..<($0.count - tail)]) }
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
