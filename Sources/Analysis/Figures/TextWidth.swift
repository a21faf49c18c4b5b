/// How wide a text will be in a sans-serif face, near enough to keep labels apart.
///
/// SVG is drawn with whatever face the reader has, so this errs on the wide side.
enum TextWidth {
  /// The width at a font size, in the same unit.
  static func estimate(_ text: String, size: Double) -> Double {
    text.reduce(0) { $0 + ems($1) } * size
  }

  /// The text itself, or its beginning and its end around an ellipsis where it is wider than `limit`.
  static func fitted(_ text: String, size: Double, limit: Double) -> String {
    guard estimate(text, size: size) > limit else { return text }
    var kept = Array(text)
    while kept.count > 2 && estimate(String(kept) + "…", size: size) > limit {
      kept.remove(at: kept.count / 2)
    }
    return String(kept[..<(kept.count / 2)]) + "…" + String(kept[(kept.count / 2)...])
  }

  private static func ems(_ character: Character) -> Double {
    switch character {
    case "i", "j", "l", "I", "'", "|", ".", ",", ":", ";", "!": 0.3
    case "f", "t", "r", " ", "(", ")", "[", "]", "/", "-": 0.37
    case "m", "w", "M", "W", "@", "%", "…": 0.95
    case _ where character.isUppercase: 0.74
    default: 0.6
    }
  }
}
