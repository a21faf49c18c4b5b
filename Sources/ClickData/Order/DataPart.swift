/// A part of the training rows that a progressive run trains on as a whole: a file, or a day.
public struct DataPart: Equatable, Sendable {
  /// The keys of a part's rows: above one and up to another, where these are given.
  struct Keys: Equatable, Sendable {
    var above: OrderKey?
    var upTo: OrderKey?
  }

  /// The file's path, or the day as 2024-05-31.
  public let name: String
  /// The days without rows between the part before and this one; nil without any.
  public let gap: String?
  /// The files that have rows of it.
  let paths: [String]
  /// The keys of its rows; nil for all rows of the files.
  let keys: Keys?

  /// A file.
  init(path: String) {
    name = InputPaths.displayName(path)
    gap = nil
    paths = [path]
    keys = nil
  }

  /// A day, counted from 1 January 1970 in UTC, and the day with rows before it.
  ///
  /// The first day has the rows whose key is unknown, too.
  init(day: Int, after previous: Int?, paths: [String]) {
    name = Self.text(day)
    gap = previous.flatMap { previous in
      guard day - previous > 1 else { return nil }
      let days = [previous + 1, day - 1].map(Self.text)
      return days[0] == days[1] ? days[0] : "\(days[0]) to \(days[1])"
    }
    self.paths = paths
    keys = Keys(
      above: previous.map { _ in OrderKey(microseconds: day * Self.microseconds - 1) },
      upTo: OrderKey(microseconds: (day + 1) * Self.microseconds - 1))
  }

  /// The day of a time.
  static func day(of key: OrderKey) -> Int {
    let (day, rest) = key.microseconds.quotientAndRemainder(dividingBy: microseconds)
    return rest < 0 ? day - 1 : day
  }

  private static let microseconds = 86_400_000_000

  private static func text(_ day: Int) -> String {
    String(Moment(microseconds: day * microseconds).text.prefix(10))
  }
}
