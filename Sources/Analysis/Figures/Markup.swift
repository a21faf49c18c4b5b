/// Pieces of SVG and HTML as text.
enum Markup {
  /// A figure as a file of its own.
  static func document(_ svg: String) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + svg
  }

  /// A text with the characters that markup reserves written as entities.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // XML allows no other control characters.
      case _ where character.value < 0x20 && !"\t\n\r".unicodeScalars.contains(character):
        result += "\u{fffd}"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
