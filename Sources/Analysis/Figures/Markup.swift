/// Pieces of SVG and HTML as text.
enum Markup {
  /// A figure as a file of its own.
  static func document(_ svg: String) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + svg
  }

  /// A sentence, whose numbers keep their per cent signs.
  static func prose(_ text: String) -> String {
    escaped(text.replacing(" %", with: "\u{a0}%"))
  }

  /// A name that may be broken behind its underscores where a line is too short for it.
  static func breakable(_ name: String) -> String {
    prose(name).replacing("_", with: "_<wbr>")
  }

  /// Something wide that scrolls on its own, by hand or by keys, where the page is narrow.
  static func scrolling(_ markup: String, _ label: String) -> String {
    """
    <div class="scroll" tabindex="0" role="region" aria-label="\(prose(label))">
    \(markup)</div>

    """
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
