/// How words and numbers are read from YAML.
enum YAMLWord {
  /// The ways to write that there is nothing.
  static let nulls: Set = ["", "~", "null", "Null", "NULL"]

  /// Reads true or false; nil where the word is neither.
  static func flag(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off": false
    default: nil
    }
  }

  /// Reads a finite decimal number, such as `1_000_000` or `1e-3`; nil where it is none.
  static func number(_ text: String) -> Double? {
    digits(text).flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
  }

  /// Reads a whole number, such as `1_000_000` or `1e6`; nil where it is none.
  static func integer(_ text: String) -> Int? {
    guard let digits = digits(text) else { return nil }
    return Int(digits) ?? Double(digits).flatMap(Int.init(exactly:))
  }

  /// The number without the underscores between its digits; nil where other characters are in it.
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

  static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
