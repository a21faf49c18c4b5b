/// Finds the word that was probably meant by a misspelt one.
public enum Spelling {
  /// The nearest of some words; nil if none is near.
  ///
  /// A word is near within one edit per three letters, or if one word contains the other; ties go
  /// to the first.
  public static func nearest(to word: String, among words: [String]) -> String? {
    let given = normalised(word)
    let near = words.map { (word: $0, edits: edits(from: given, to: normalised($0))) }
      .filter { $0.edits <= max(1, max(given.count, $0.word.count) / 3) }
    if let best = near.min(by: { $0.edits < $1.edits }) { return best.word }
    guard given.count > 2 else { return nil }
    return words.first { word in
      let word = normalised(word)
      return word.contains(given) || word.count > 2 && given.contains(word)
    }
  }

  private static func normalised(_ word: String) -> String {
    String(word.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 })
  }

  /// The minimum number of insertions, deletions, replacements and swaps of neighbours (Damerau,
  /// 1964), where no part is edited twice.
  static func edits(from source: String, to target: String) -> Int {
    let source = Array(source)
    let target = Array(target)
    var before: [Int] = []
    var above = Array(0...target.count)
    for row in source.indices {
      var current = [row + 1]
      for column in target.indices {
        let replaced = above[column] + (source[row] == target[column] ? 0 : 1)
        var fewest = min(replaced, above[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, source[row] == target[column - 1],
          source[row - 1] == target[column]
        {
          fewest = min(fewest, before[column - 1] + 1)
        }
        current.append(fewest)
      }
      (before, above) = (above, current)
    }
    return above[target.count]
  }
}
