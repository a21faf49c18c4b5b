/// Text that is safe to print: a path or a value in a message must not control the terminal.
public enum PrintableText {
  private static let digits = Array("0123456789abcdef")

  /// The text, with characters that are invisible or control a terminal as `\xNN` per byte.
  public static func of(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var printable = ""
    for scalar in text.unicodeScalars {
      if isHidden(scalar) {
        for byte in String(scalar).utf8 { printable += escape(byte) }
      } else {
        printable.unicodeScalars.append(scalar)
      }
    }
    return printable
  }

  /// Bytes that are not UTF-8, each one outside printable ASCII as `\xNN`.
  public static func of(bytes: some Sequence<UInt8>) -> String {
    bytes.reduce(into: "") { text, byte in
      text += (0x20...0x7e).contains(byte) ? String(Unicode.Scalar(byte)) : escape(byte)
    }
  }

  /// One byte as `\xNN`.
  public static func escape(_ byte: UInt8) -> String {
    "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
