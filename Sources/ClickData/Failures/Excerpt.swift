/// Bytes of the data inside a sentence: quoted, at most forty of them, safe to print on a terminal.
enum Excerpt {
  private static let longest = 40
  private static let digits = Array("0123456789abcdef")

  /// A name: its first forty characters, those that nobody sees as `\xNN`.
  static func of(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars.prefix(longest) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        let bytes = Array(String(scalar).utf8)
        text += bytes.withUnsafeBufferPointer { bytes in
          bytes.baseAddress.map { plain($0, count: bytes.count) } ?? ""
        }
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + (name.unicodeScalars.dropFirst(longest).isEmpty ? "" : "…")
  }

  /// Printable ASCII as it is, quotes and backslashes escaped, every other byte as `\xNN`.
  static func quoted(_ bytes: UnsafePointer<UInt8>, count: Int) -> String {
    "\"" + plain(bytes, count: min(count, longest)) + (count > longest ? "…\"" : "\"")
  }

  /// The same without quotes around it.
  static func plain(_ bytes: UnsafePointer<UInt8>, count: Int) -> String {
    var text = ""
    for index in 0..<count {
      switch bytes[index] {
      case UInt8(ascii: "\""): text += "\\\""
      case UInt8(ascii: "\\"): text += "\\\\"
      case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(bytes[index]))
      case let byte:
        text += "\\x"
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
    }
    return text
  }
}
