/// Escapes and wraps text for SVG and HTML.
enum Markup {
  /// A figure as a standalone file.
  static func document(_ svg: String) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + svg
  }

  /// An escaped sentence in which no line breaks between a number and its per cent sign.
  static func prose(_ text: String) -> String { escaped(text.replacing(" %", with: "\u{a0}%")) }

  /// An escaped name that may break after its underscores.
  static func breakable(_ name: String) -> String { prose(name).replacing("_", with: "_<wbr>") }

  /// Wraps wide content so that it scrolls by itself, with pointer or keys, on a narrow page.
  static func scrolling(_ markup: String, _ label: String) -> String {
    """
    <div class="scroll" tabindex="0" role="region" aria-label="\(prose(label))">
    \(markup)</div>

    """
  }

  /// A text with reserved characters written as entities.
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
