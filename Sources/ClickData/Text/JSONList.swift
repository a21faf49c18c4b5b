/// The items of a JSON list of strings or numbers, such as `["a","b"]` or `[1,2]`.
///
/// Python's spellings are read as well: single quotes, `None`, `nan`. `null` is no value. Escapes
/// are replaced in place: a text never grows.
struct JSONList {
  private let text: UnsafeMutablePointer<UInt8>
  private let end: Int
  private var index = 1

  /// Starts at the first item of a text for which `isList` is true.
  init(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) {
    self.text = text
    end = count - 1
  }

  /// An item as it is written: a range of bytes, without quotes.
  private enum Item {
    case text(Range<Int>)
    case number(Range<Int>)
    case word(Range<Int>)
  }

  /// Whether a text between brackets is a list of strings, numbers and nulls; changes nothing.
  static func isList(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool {
    var list = JSONList(text, count)
    list.skipBlanks()
    guard list.index < list.end else { return true }
    while let item = list.item() {
      switch item {
      case .text: break
      case .number(let range):
        guard !NumberParser.parse(text + range.lowerBound, range.count).isNaN else { return false }
      case .word(let range):
        guard isNull(text, range) || isWord(text, range, among: truths) else {
          return false
        }
      }
      list.skipBlanks()
      if list.index == list.end { return true }
      guard text[list.index] == 0x2c else { return false }
      list.index += 1
    }
    return false
  }

  /// The next item that is not null, without escapes; nil after the last one.
  mutating func next() -> (start: UnsafeMutablePointer<UInt8>, count: Int)? {
    while let item = item() {
      skipBlanks()
      if index < end { index += 1 }
      switch item {
      case .text(let range): return (text + range.lowerBound, Self.unescape(text, range))
      case .number(let range): return (text + range.lowerBound, range.count)
      case .word(let range):
        if !Self.isNull(text, range) { return (text + range.lowerBound, range.count) }
      }
    }
    return nil
  }

  /// Moves past an item; nil where there is none.
  private mutating func item() -> Item? {
    skipBlanks()
    guard index < end else { return nil }
    let start = index
    if text[start] == 0x22 || text[start] == 0x27 {
      index += 1
      while index < end, text[index] != text[start] { index += text[index] == 0x5c ? 2 : 1 }
      guard index < end else { return nil }
      index += 1
      return .text(start + 1..<index - 1)
    }
    while index < end, text[index] != 0x2c, !Self.isBlank(text[index]) { index += 1 }
    guard index > start else { return nil }
    let letter = (text[start] | 0x20) &- 0x61
    return letter < 26 ? .word(start..<index) : .number(start..<index)
  }

  private mutating func skipBlanks() {
    while index < end, Self.isBlank(text[index]) { index += 1 }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static let truths: [StaticString] = ["true", "false"]
  private static let nulls: [StaticString] = ["null", "none", "nan"]

  private static func isNull(_ text: UnsafeMutablePointer<UInt8>, _ range: Range<Int>) -> Bool {
    isWord(text, range, among: nulls)
  }

  private static func isWord(
    _ text: UnsafeMutablePointer<UInt8>, _ range: Range<Int>, among words: [StaticString]
  ) -> Bool {
    words.contains { word in
      word.utf8CodeUnitCount == range.count
        && range.allSatisfy { text[$0] | 0x20 == word.utf8Start[$0 - range.lowerBound] }
    }
  }
}

extension JSONList {
  /// Replaces the escapes of a text; returns its new length.
  private static func unescape(_ text: UnsafeMutablePointer<UInt8>, _ range: Range<Int>) -> Int {
    var read = range.lowerBound
    var write = read
    while read < range.upperBound {
      if text[read] == 0x5c, read + 1 < range.upperBound {
        let scalar = escaped(text, at: &read, range.upperBound)
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
          text[write] = byte
          write += 1
        }
      } else {
        text[write] = text[read]
        read += 1
        write += 1
      }
    }
    return write - range.lowerBound
  }

  /// The character of an escape, past which `index` then points.
  private static func escaped(
    _ text: UnsafeMutablePointer<UInt8>, at index: inout Int, _ end: Int
  ) -> Unicode.Scalar {
    let letter = text[index + 1]
    if letter == 0x75, let high = hexadecimal(text, index + 2, end) {
      index += 6
      if 0xd800..<0xdc00 ~= high, index + 1 < end, text[index] == 0x5c, text[index + 1] == 0x75,
        let low = hexadecimal(text, index + 2, end), 0xdc00..<0xe000 ~= low
      {
        index += 6
        return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00)) ?? "\u{fffd}"
      }
      return Unicode.Scalar(high) ?? "\u{fffd}"
    }
    index += 2
    switch letter {
    case 0x62: return "\u{8}"
    case 0x66: return "\u{c}"
    case 0x6e: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    // A byte of a longer character keeps only its backslash.
    case 0x80...:
      index -= 1
      return "\\"
    default: return Unicode.Scalar(letter)
    }
  }

  private static func hexadecimal(
    _ text: UnsafeMutablePointer<UInt8>, _ start: Int, _ end: Int
  ) -> UInt32? {
    guard start + 4 <= end else { return nil }
    var value: UInt32 = 0
    for index in start..<start + 4 {
      let byte = text[index]
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt32((byte | 0x20) - 0x57)
      default: return nil
      }
    }
    return value
  }
}
