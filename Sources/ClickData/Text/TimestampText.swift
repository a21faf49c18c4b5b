/// Reads points in time from text.
///
/// - ISO 8601: `2026-11-01T10:00:00`, with a blank for the `T`, a fraction or a zone (`Z`, `UTC`,
///   `+02:00`), or less of the time; `2026/11/01` and `20261101` are dates as well.
/// - Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
struct TimestampText {
  private let text: UnsafePointer<UInt8>
  private let count: Int
  private var index = 0

  private init(_ text: UnsafePointer<UInt8>, _ count: Int) {
    self.text = text
    self.count = count
  }

  /// The moment in a text; nil where it is not one of these.
  static func parse(_ text: UnsafePointer<UInt8>, _ count: Int) -> Moment? {
    var parser = TimestampText(text, count)
    return parser.isNumber ? parser.number() : parser.date()
  }

  /// Avazu's hour, `YYMMDDHH`; years are 2000 to 2099.
  static func avazuHour(_ text: UnsafePointer<UInt8>, _ count: Int) -> Moment? {
    var parser = TimestampText(text, count)
    guard count == 8, let year = parser.digits(2), let month = parser.digits(2),
      let day = parser.digits(2), let hour = parser.digits(2)
    else { return nil }
    return Moment(year: 2000 + year, month: month, day: day, hour: hour)
  }

  /// Whether the text has no byte but digits, a sign at the start and a point.
  private var isNumber: Bool {
    var points = 0
    for place in 0..<count where text[place] &- 0x30 > 9 {
      if text[place] == 0x2e { points += 1 } else if place > 0 || text[0] != 0x2d { return false }
    }
    return points <= 1
  }

  private mutating func number() -> Moment? {
    if let moment = compactDate() { return moment }
    index = 0
    let isNegative = skip(0x2d)
    var whole = 0
    let start = index
    while index < count, text[index] != 0x2e {
      whole = whole &* 10 &+ Int(text[index] &- 0x30)
      index += 1
    }
    // 19 digits may exceed 63 bits, but not 64.
    guard 1...19 ~= index - start, whole >= 0 else { return nil }
    let fraction = fraction()
    let sign = isNegative ? -1 : 1
    return Moment(epoch: sign * whole, fraction: sign * fraction)
  }

  /// `YYYYMMDD` or `YYYYMMDDhhmmss` from 1900 to 2099; as seconds and milliseconds since 1970, such
  /// numbers would be days of 1970 and years from 2571 on.
  private mutating func compactDate() -> Moment? {
    guard count == 8 || count == 14, let year = digits(4), 1900..<2100 ~= year,
      let month = digits(2), let day = digits(2)
    else { return nil }
    guard count == 14 else { return Moment(year: year, month: month, day: day) }
    guard let hour = digits(2), let minute = digits(2), let second = digits(2) else { return nil }
    return Moment(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second)
  }

  private mutating func date() -> Moment? {
    guard let year = digits(4) else { return nil }
    let separator = index < count ? text[index] : 0
    var month: Int?
    var day: Int?
    if separator == 0x2d || separator == 0x2f {
      index += 1
      month = digits(2)
      guard skip(separator) else { return nil }
      day = digits(2)
    } else {
      month = digits(2)
      day = digits(2)
    }
    guard let month, let day else { return nil }
    guard index < count else { return Moment(year: year, month: month, day: day) }
    guard skip(0x54) || skip(0x74) || skip(0x20) else { return nil }
    return time(year, month, day)
  }

  /// `hh`, `hh:mm`, `hh:mm:ss` or without colons, then a fraction and a zone.
  private mutating func time(_ year: Int, _ month: Int, _ day: Int) -> Moment? {
    guard let hour = digits(2) else { return nil }
    var minute = 0
    var second = 0
    if let found = nextPart() {
      minute = found
      second = nextPart() ?? 0
    }
    let fraction = fraction()
    guard
      var moment = Moment(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second),
      let zone = zone()
    else { return nil }
    moment.microseconds += fraction - zone * 60_000_000
    return moment
  }

  /// Two digits, after a colon or not; nil where there are none.
  private mutating func nextPart() -> Int? {
    let start = index
    _ = skip(0x3a)
    guard let part = digits(2) else {
      index = start
      return nil
    }
    return part
  }

  /// The microseconds of a fraction, after a point or comma; 0 without one.
  private mutating func fraction() -> Int {
    guard index + 1 < count, text[index] == 0x2e || text[index] == 0x2c,
      text[index + 1] &- 0x30 < 10
    else { return 0 }
    index += 1
    var fraction = 0
    var unit = 100_000
    while index < count, text[index] &- 0x30 < 10 {
      fraction += Int(text[index] &- 0x30) * unit
      unit /= 10
      index += 1
    }
    return fraction
  }

  /// The minutes east of UTC; nil where the rest of the text is no zone.
  private mutating func zone() -> Int? {
    guard index < count else { return 0 }
    if text[index] | 0x20 == 0x7a { return index + 1 == count ? 0 : nil }
    _ = skip(0x20)
    if count - index == 3, text[index] == 0x55, text[index + 1] == 0x54, text[index + 2] == 0x43 {
      return 0
    }
    let isWest = skip(0x2d)
    guard isWest || skip(0x2b), let hours = digits(2) else { return nil }
    let minutes = nextPart() ?? 0
    guard index == count, hours < 24, minutes < 60 else { return nil }
    return (isWest ? -1 : 1) * (hours * 60 + minutes)
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard index < count, text[index] == byte else { return false }
    index += 1
    return true
  }

  /// A number of exactly so many digits; nil where there are fewer.
  private mutating func digits(_ length: Int) -> Int? {
    guard index + length <= count else { return nil }
    var number = 0
    for place in index..<index + length {
      let digit = text[place] &- 0x30
      guard digit < 10 else { return nil }
      number = number * 10 + Int(digit)
    }
    index += length
    return number
  }
}
