/// What rows are ordered by: a number, a point in time or the first 32 bytes of a text.
///
/// All three become bytes whose order is that of the values.
struct OrderKey: Comparable, Hashable {
  private var words: SIMD4<UInt64>

  /// How the texts of a column are compared.
  enum Kind: String, Codable, Sendable {
    case number, time, text

    /// The kind of a column whose first text this is.
    init(of text: UnsafeMutablePointer<UInt8>, _ count: Int) {
      if !NumberParser.parse(text, count).isNaN {
        self = .number
      } else {
        self = TimestampText.parse(text, count) == nil ? .text : .time
      }
    }

    var expected: String {
      switch self {
      case .number: "a number, by which the rows are split"
      case .time: "a time, by which the rows are split"
      case .text: "a text, by which the rows are split"
      }
    }
  }

  private static let sign: UInt64 = 1 << 63

  /// The key of a text; nil where it is empty or not of the kind.
  init?(_ text: UnsafeMutablePointer<UInt8>, _ count: Int, as kind: Kind) {
    guard count > 0 else { return nil }
    words = .zero
    switch kind {
    case .number:
      let number = NumberParser.parse(text, count)
      guard !number.isNaN else { return nil }
      // The bits of negative numbers descend; those of −0 become those of 0.
      let bits = (number + 0).bitPattern
      words[0] = bits & Self.sign == 0 ? bits | Self.sign : ~bits
    case .time:
      guard let moment = TimestampText.parse(text, count) else { return nil }
      words[0] = UInt64(bitPattern: Int64(moment.microseconds)) ^ Self.sign
    case .text:
      for index in 0..<min(count, 32) {
        words[index >> 3] |= UInt64(text[index]) << UInt64(56 - 8 * (index & 7))
      }
    }
  }

  /// The key of a time.
  init(microseconds: Int) {
    words = .zero
    words[0] = UInt64(bitPattern: Int64(microseconds)) ^ Self.sign
  }

  /// Microseconds since 1970, of the key of a time.
  var microseconds: Int { Int(Int64(bitPattern: words[0] ^ Self.sign)) }

  static func < (left: OrderKey, right: OrderKey) -> Bool {
    for word in 0..<4 where left.words[word] != right.words[word] {
      return left.words[word] < right.words[word]
    }
    return false
  }

  /// The bytes in hexadecimal.
  var hexadecimal: String {
    (0..<4).map { word in
      let digits = String(words[word], radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Reads bytes in hexadecimal; nil for other text.
  init?(hexadecimal text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 64 else { return nil }
    words = .zero
    for word in 0..<4 {
      let digits = String(decoding: bytes[16 * word..<16 * word + 16], as: UTF8.self)
      guard let value = UInt64(digits, radix: 16) else { return nil }
      words[word] = value
    }
  }

  /// The value, for people.
  func text(as kind: Kind) -> String {
    switch kind {
    case .number:
      let bits = words[0] & Self.sign == 0 ? ~words[0] : words[0] ^ Self.sign
      let number = Double(bitPattern: bits)
      return Int(exactly: number).map { "\($0)" } ?? "\(number)"
    case .time:
      return Moment(microseconds: microseconds).text
    case .text:
      let bytes = (0..<32).map { index in
        UInt8(truncatingIfNeeded: words[index >> 3] >> UInt64(56 - 8 * (index & 7)))
      }
      return Array(bytes.prefix { $0 != 0 }).withUnsafeBufferPointer(Excerpt.plain)
    }
  }
}
