/// A point in time, with the hour and the weekday that its text gives.
struct Moment: Equatable {
  /// Microseconds since 1970 in UTC, by which moments are ordered.
  var microseconds: Int
  /// From 0 to 23, as written: a zone moves the order of moments, not their hour.
  var hour: Int
  /// From Sunday, 0, to Saturday, 6.
  var weekday: Int

  var isWeekend: Bool { weekday == 0 || weekday == 6 }

  /// A time on a day of the calendar; nil where it does not exist.
  init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    guard 1...12 ~= month, 1...Self.days(month, year) ~= day, 0..<24 ~= hour, 0..<60 ~= minute,
      0...60 ~= second
    else { return nil }
    let seconds = (hour * 60 + minute) * 60 + second
    self.init(days: Self.days(until: year, month, day), seconds: seconds, hour: hour)
  }

  /// A number since 1970: below 1e11 in seconds, below 1e14 in milliseconds, below 1e17 in
  /// microseconds, else in nanoseconds; `fraction` is in microseconds and belongs to seconds.
  init(epoch number: Int, fraction: Int = 0) {
    let microseconds =
      switch number.magnitude {
      case ..<100_000_000_000: number * 1_000_000 + fraction
      case ..<100_000_000_000_000: number * 1000
      case ..<100_000_000_000_000_000: number
      default: Self.floor(number, 1000).quotient
      }
    self.init(microseconds: microseconds)
  }

  /// The moment so many microseconds after 1970 began.
  init(microseconds: Int) {
    let (days, rest) = Self.floor(microseconds, Self.day)
    self.init(days: days, seconds: 0, hour: rest / 3_600_000_000)
    self.microseconds = microseconds
  }

  private static let day = 86_400_000_000

  private init(days: Int, seconds: Int, hour: Int) {
    microseconds = days * Self.day + seconds * 1_000_000
    self.hour = hour
    // 1 January 1970 was a Thursday.
    weekday = Self.floor(days + 4, 7).rest
  }

  private static func floor(_ number: Int, _ divisor: Int) -> (quotient: Int, rest: Int) {
    let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }

  private static func days(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1 January 1970 to a day of the Gregorian calendar.
  ///
  /// Years begin in March, so that a leap day is the last day of its year (Hinnant, 2013).
  private static func days(until year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = floor(year, 400)
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// `YYYY-MM-DDTHH:MM:SS` in UTC, for people.
  var text: String {
    let (days, rest) = Self.floor(microseconds, Self.day)
    let (year, month, day) = Self.date(days)
    let seconds = rest / 1_000_000
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(two).joined(separator: ":")
    return "\(year)-\(two(month))-\(two(day))T\(time)"
  }

  /// The day of the Gregorian calendar so many days after 1 January 1970.
  private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let (era, day) = floor(days + 719_468, 146_097)
    let yearOfEra = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (
      era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1
    )
  }
}
