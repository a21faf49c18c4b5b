import Platform

/// Bytes of the data inside a sentence: quoted, at most forty of them, safe to print on a terminal.
enum Excerpt {
  private static let maxLength = 40

  /// A name: its first forty characters, invisible ones as `\xNN`.
  static func of(_ name: String) -> String {
    PrintableText.of(String(String.UnicodeScalarView(name.unicodeScalars.prefix(maxLength))))
      + (name.unicodeScalars.dropFirst(maxLength).isEmpty ? "" : "…")
  }

  /// The first forty of several names, separated by commas.
  static func list(_ names: [String]) -> String {
    names.prefix(40).map(of).joined(separator: ", ") + (names.count > 40 ? ", …" : "")
  }

  /// Bytes of the data in quotes, at most forty of them.
  static func quoted(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    let end = bytes.count > maxLength ? "…\"" : "\""
    return "\"" + plain(UnsafeBufferPointer(rebasing: bytes.prefix(maxLength))) + end
  }

  /// Printable ASCII as it is, quotes and backslashes escaped, every other byte as `\xNN`.
  static func plain(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    var text = ""
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""): text += "\\\""
      case UInt8(ascii: "\\"): text += "\\\\"
      case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += PrintableText.escape(byte)
      }
    }
    return text
  }
}
