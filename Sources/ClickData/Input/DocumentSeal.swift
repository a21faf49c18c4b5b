import Foundation

/// The seal of a JSON document: XXH3-64 of its whole text, as 16 hexadecimal digits.
///
/// It is computed with zeros in place of the digits, so it covers every other byte of the file.
package enum DocumentSeal {
  /// The member that holds it.
  package static let key = "seal"
  /// What replaces the digits while the seal is computed.
  package static let blank = String(repeating: "0", count: 16)

  /// The text with its seal in place of whatever digits it holds; it must have some.
  package static func sealed(_ text: String) -> String {
    var bytes = Array(text.utf8)
    guard let digits = digits(in: bytes) else {
      preconditionFailure("DocumentSeal: the document has no \(key)")
    }
    bytes.replaceSubrange(digits, with: seal(of: bytes, digits).utf8)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The digits that a text holds, and whether they are its seal; nil where it holds none.
  static func found(in bytes: [UInt8]) -> (seal: String, isValid: Bool)? {
    guard let digits = digits(in: bytes) else { return nil }
    let found = String(decoding: bytes[digits], as: UTF8.self)
    return (found, found == seal(of: bytes, digits))
  }

  private static func seal(of bytes: [UInt8], _ digits: Range<Int>) -> String {
    var bytes = bytes
    bytes.replaceSubrange(digits, with: blank.utf8)
    return ContentHash.text(bytes.withUnsafeBytes { ContentHash.of($0) })
  }

  /// The place of the digits: after the key, a colon and a quote, which no text within a string can
  /// be, because its quotes are escaped.
  private static func digits(in bytes: [UInt8]) -> Range<Int>? {
    let name = Array("\"\(key)\"".utf8)
    var start = 0
    while let found = bytes[start...].firstRange(of: name) {
      start = found.upperBound
      let rest = bytes[start...].drop { $0 == 0x20 || $0 == 0x0a || $0 == UInt8(ascii: ":") }
      guard rest.startIndex > start, rest.first == UInt8(ascii: "\""),
        rest.count >= blank.utf8.count + 2,
        rest[rest.startIndex + 1 + blank.utf8.count] == UInt8(ascii: "\"")
      else { continue }
      return rest.startIndex + 1..<rest.startIndex + 1 + blank.utf8.count
    }
    return nil
  }
}
