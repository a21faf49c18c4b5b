/// Reads words and numbers from YAML, and writes them so that every YAML reader recognises them.
public enum YAMLWord {
  /// The spellings of null.
  static let nulls: Set = ["", "~", "null", "Null", "NULL"]

  /// Reads true or false; nil for another word.
  static func flag(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off": false
    default: nil
    }
  }

  /// Reads a finite decimal number, such as `1_000_000` or `1e-3`; nil for another text.
  static func number(_ text: String) -> Double? {
    digits(text).flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
  }

  /// Reads a whole number, such as `1_000_000` or `1e6`; nil for another text.
  static func integer(_ text: String) -> Int? {
    guard let digits = digits(text) else { return nil }
    return Int(digits) ?? Double(digits).flatMap(Int.init(exactly:))
  }

  /// Reads a whole number within bounds; nil for another text, and for a text in quotes.
  static func integer(_ text: String, quoted: Bool, in bounds: some RangeExpression<Int>) -> Int? {
    quoted ? nil : integer(text).flatMap { bounds.contains($0) ? $0 : nil }
  }

  /// The number without the underscores between its digits; nil if it has other characters.
  private static func digits(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    var digits = ""
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        digits.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "_"):
        guard index > 0, index + 1 < bytes.count, isDigit(bytes[index - 1]),
          isDigit(bytes[index + 1])
        else { return nil }
      default: return nil
      }
    }
    return digits
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

extension YAMLWord {
  /// A number that reads back with the same bits.
  static func written(_ number: Double) -> String {
    let text = "\(number)"
    // YAML 1.1 requires a point before an exponent.
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  /// A text, in quotes unless it cannot be read as anything else.
  public static func written(_ text: String) -> String {
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

  /// A text on one line, escaped for double quotes.
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
