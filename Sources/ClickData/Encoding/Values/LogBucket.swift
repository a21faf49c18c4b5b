import Glibc

/// Numbers as categories that widen with their size: `x` itself up to 2 and `⌊ln(x)²⌋` above.
///
/// - Up to 2, a number is truncated toward zero: 1.7 is in category 1, −0.5 in 0.
/// - Negative numbers are separate categories down to −100, which all smaller numbers share.
/// - Above 2, `⌊ln(x)²⌋` is computed in double, which is exact for every integer below 2⁴¹; by this
///   definition 3 is in category 1, as 1 is.
/// - Numbers above 2⁶³ share the last category, 1907.
/// - A blank is id 0; category `c` is id `c + 101`, so that every table has 2009 rows.
public final class LogBucket {
  /// The lowest category, of all numbers up to it.
  public static let lowest = -100
  /// The highest category, of all numbers above 2⁶³.
  public static let highest = 1907
  static let rows = highest - lowest + 2

  private let small: UnsafeMutablePointer<UInt32>
  private static let smallCount = 1 << 13

  /// Tabulates the ids of small integers, because most numbers are small integers.
  init() {
    small = .allocate(capacity: Self.smallCount)
    for number in 0..<Self.smallCount { small[number] = Self.id(category: Double(number)) }
  }

  deinit { small.deallocate() }

  /// The id of a number that is not NaN.
  @inline(__always)
  func id(_ number: Double) -> UInt32 {
    if number >= 0, number < Double(Self.smallCount) {
      let integer = Int(number)
      if Double(integer) == number { return small[integer] }
    }
    return Self.id(category: number)
  }

  /// The id of a text, read as by `NumberParser.parse`; nil where it is not a number.
  ///
  /// Most are small integers, which need no conversion to a double.
  @inline(__always)
  func id(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> UInt32? {
    if let number = NumberParser.digits(text, count), number < Self.smallCount {
      return small[Int(truncatingIfNeeded: number)]
    }
    let number = NumberParser.parse(text, count)
    return number.isNaN ? nil : id(number)
  }

  /// The category of a number that is not NaN.
  static func category(_ number: Double) -> Int {
    if number <= 2 { return number <= Double(lowest) ? lowest : Int(number) }
    if number > 0x1p63 { return highest }
    let logarithm = log(number)
    return Int(logarithm * logarithm)
  }

  private static func id(category number: Double) -> UInt32 {
    UInt32(category(number) - lowest + 1)
  }
}
