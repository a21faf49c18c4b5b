import Glibc

/// Reads decimal numbers from text.
///
/// `[blanks][+-]digits[.digits][e[+-]digits]` with a digit before the exponent is a number, as for
/// `strtod` in the C locale. Hexadecimal, "nan", "inf", text after the number and numbers beyond
/// the range of a double are rejected. A number too small for a double is 0.
enum NumberParser {
  /// The number in a text, correctly rounded; NaN where it is not a number.
  ///
  /// `TextChunk.margin` bytes after the text must be readable. The byte after it is overwritten
  /// while `strtod` reads the text, and restored.
  @inline(__always)
  static func parse(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Double {
    let negative = count > 0 && text[0] == 0x2d
    let digits = count &- (negative ? 1 : 0)
    guard 1...8 ~= digits, let magnitude = integer(text + (count &- digits), digits) else {
      return parseAny(text, count)
    }
    return negative ? -Double(magnitude) : Double(magnitude)
  }

  /// The number in a text of one to eight digits and nothing else; nil for any other text.
  ///
  /// `TextChunk.margin` bytes after the text must be readable.
  @inline(__always)
  static func digits(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt64? {
    1...8 ~= count ? integer(text, count) : nil
  }

  /// An integer of one to eight digits, all at once; nil where there is any other byte.
  ///
  /// Pairs of digits become numbers below 100, pairs of those numbers below 10,000, and these the
  /// integer: no branch depends on the number of digits, which is hard to predict.
  @inline(__always)
  private static func integer(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt64? {
    let bytes = UnsafeRawPointer(text).loadUnaligned(as: UInt64.self).littleEndian
    // The digits move to the top; the zeros below them act as leading zeros.
    let digits = (bytes ^ 0x3030_3030_3030_3030) << UInt64(64 &- 8 &* count)
    guard ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 == 0 else {
      return nil
    }
    let pairs = (digits &* 10 &+ (digits >> 8)) & 0x00ff_00ff_00ff_00ff
    let fours = (pairs &* 100 &+ (pairs >> 16)) & 0x0000_ffff_0000_ffff
    return (fours &* 10_000 &+ (fours >> 32)) & 0xffff_ffff
  }

  /// The number in any text: short decimal fractions are converted here, all others by `strtod`.
  private static func parseAny(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Double {
    var index = 0
    while index < count, text[index] == 0x20 || (text[index] >= 9 && text[index] <= 13) {
      index += 1
    }
    let first = index
    let negative = index < count && text[index] == 0x2d
    if negative || (index < count && text[index] == 0x2b) { index += 1 }
    var digits = 0
    var decimals = 0
    var magnitude: UInt64 = 0
    var point = false
    while index < count {
      let digit = text[index] &- 0x30
      if digit < 10 {
        digits += 1
        if point { decimals += 1 }
        magnitude = magnitude &* 10 &+ UInt64(digit)
      } else if text[index] == 0x2e, !point {
        point = true
      } else {
        break
      }
      index += 1
    }
    guard digits > 0 else { return .nan }
    if index == count, digits <= 15, decimals < powers.count {
      // Both are exact doubles, so the quotient is the number rounded once (Clinger, PLDI 1990).
      let value = Double(magnitude) / powers[decimals]
      return negative ? -value : value
    }
    guard index == count || isExponent(text + index, count - index) else { return .nan }
    return convert(text + first, count - first)
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]

  private static func isExponent(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool {
    guard text[0] == 0x65 || text[0] == 0x45 else { return false }
    var index = 1
    if index < count, text[index] == 0x2b || text[index] == 0x2d { index += 1 }
    guard index < count else { return false }
    return (index..<count).allSatisfy { text[$0] &- 0x30 < 10 }
  }

  private static func convert(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Double {
    let after = text[count]
    text[count] = 0
    defer { text[count] = after }
    let value = text.withMemoryRebound(to: CChar.self, capacity: count + 1) { strtod($0, nil) }
    return value.isFinite ? value : .nan
  }
}
