/// The three fields that a point in time becomes: "00"…"23", "0"…"6" and "0" or "1".
///
/// Weekdays are counted from Sunday, 0; the weekend is Saturday and Sunday.
final class TimeColumns {
  /// The names of the fields of Avazu's hour, and the ends of the names of others.
  static let parts = ["hour", "weekday", "weekend"]

  /// How a column writes points in time.
  enum Form: Equatable {
    /// Avazu's `YYMMDDHH`, which may not be missing.
    case avazuHour
    /// As `TimestampText` reads it; a missing one has three missing fields.
    case timestamp
  }

  private let text: UnsafeMutablePointer<UInt8>
  private static let digits = 24 * 3

  init() {
    // The 24 hours and the ten digits, each with a free byte after it.
    text = .allocate(capacity: Self.digits + 20 + TextChunk.margin)
    text.initialize(repeating: 0, count: Self.digits + 20 + TextChunk.margin)
    for hour in 0..<24 {
      text[3 * hour] = 0x30 + UInt8(hour / 10)
      text[3 * hour + 1] = 0x30 + UInt8(hour % 10)
    }
    for digit in 0..<10 { text[Self.digits + 2 * digit] = 0x30 + UInt8(digit) }
  }

  deinit { text.deallocate() }

  /// Points the three columns from `first` on at what a column's text means; false where it is not
  /// a point in time.
  func derive(_ form: Form, _ column: Int, of columns: ColumnTable, into first: Int) -> Bool {
    let (start, count) = (columns.starts[column], Int(columns.counts[column]))
    let moment: Moment?
    switch form {
    case .avazuHour: moment = TimestampText.avazuHour(start, count)
    case .timestamp:
      guard count > 0 else {
        for part in 0..<3 { columns.set(first + part, text, 0) }
        return true
      }
      moment = TimestampText.parse(start, count)
    }
    guard let moment else { return false }
    columns.set(first, text + 3 * moment.hour, 2)
    columns.set(first + 1, text + Self.digits + 2 * moment.weekday, 1)
    columns.set(first + 2, text + Self.digits + 2 * (moment.isWeekend ? 1 : 0), 1)
    return true
  }
}
