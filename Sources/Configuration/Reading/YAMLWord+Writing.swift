/// How words and numbers are written so that every YAML reader takes them for what they are.
extension YAMLWord {
  /// A number, of the same bits when it is read back.
  static func written(_ number: Double) -> String {
    let text = "\(number)"
    // YAML 1.1 asks for a point before an exponent.
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  /// A text, in quotes unless it cannot be taken for anything else.
  static func written(_ text: String) -> String {
    let isPlain =
      text.utf8.first.map(isLetterOrSlash) == true && text.utf8.allSatisfy(isPlainByte)
      && flag(text) == nil && !nulls.contains(text)
    return isPlain ? text : "\"\(escaped(text))\""
  }

  private static func isLetterOrSlash(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) || byte == UInt8(ascii: "/")
  }

  private static func isPlainByte(_ byte: UInt8) -> Bool {
    isLetterOrSlash(byte) || isDigit(byte) || "_.-*".utf8.contains(byte)
  }

  /// A text on one line, as it stands between double quotes.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + (digits.count < 2 ? "0" : "") + digits
      case "\u{2028}": result += "\\L"
      case "\u{2029}": result += "\\P"
      case "\u{FEFF}": result += "\\uFEFF"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
