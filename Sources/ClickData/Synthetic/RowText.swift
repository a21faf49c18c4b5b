/// A cursor that writes the text of a row into memory.
struct RowText {
  /// The maximum bytes of a row, which the caller must have free at the cursor.
  static let maxLength = 1024

  private(set) var cursor: UnsafeMutablePointer<UInt8>

  init(at cursor: UnsafeMutablePointer<UInt8>) { self.cursor = cursor }

  @inline(__always)
  mutating func byte(_ byte: UInt8) {
    cursor.pointee = byte
    cursor += 1
  }

  @inline(__always)
  mutating func decimal(_ value: Int) {
    if value < 0 { byte(UInt8(ascii: "-")) }
    decimal(value.magnitude)
  }

  @inline(__always)
  mutating func decimal(_ magnitude: UInt) {
    var length = 1
    var bound: UInt = 10
    // 10²⁰ does not fit in a word, which has at most 20 digits.
    while length < 20 && magnitude >= bound {
      length += 1
      bound &*= 10
    }
    digits(magnitude, length)
  }

  /// Writes the last `length` decimal digits of a number, with leading zeros.
  @inline(__always)
  mutating func digits(_ value: UInt, _ length: Int) {
    var rest = value
    for place in stride(from: length - 1, through: 0, by: -1) {
      let quotient = rest / 10
      cursor[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest &- quotient &* 10)
      rest = quotient
    }
    cursor += length
  }

  @inline(__always)
  mutating func hexadecimal(_ value: UInt32) {
    // Spread the eight nibbles over the eight bytes of a word, in order.
    var word = UInt64(value)
    word = (word | word << 16) & 0x0000_ffff_0000_ffff
    word = (word | word << 8) & 0x00ff_00ff_00ff_00ff
    word = (word | word << 4) & 0x0f0f_0f0f_0f0f_0f0f
    // Adding 6 carries into bit 4 where the nibble is a letter; "a" is 39 above the byte after "9".
    let letters = (word &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    let text = word &+ 0x3030_3030_3030_3030 &+ letters &* 39
    UnsafeMutableRawPointer(cursor).storeBytes(of: text.bigEndian, as: UInt64.self)
    cursor += 8
  }
}
