/// The Avazu format: a header and 24 columns separated by commas or tabs; `id` is dropped.
struct AvazuFormat: InputFormat {
  let declared: [DatasetSettings.Field] = []

  private static let label = "click"
  private static let text = [
    "site_id", "site_domain", "site_category", "app_id", "app_domain", "app_category", "device_id",
    "device_ip", "device_model",
  ]
  private static let columns =
    ["id", label, "hour", "C1", "banner_pos"] + text + ["device_type", "device_conn_type"]
    + (14...21).map { "C\($0)" }

  /// 24 fields, all categories: hour, C1 to C21 in the order of the columns, weekday, weekend.
  private static let fields =
    (columns.dropFirst(2) + AvazuHour.fields.dropFirst()).map { name in
      FieldDeclaration(name: name, kind: .categorical, mayBeNumber: !text.contains(name))
    }

  func check() {}

  func schema(header: () throws -> [String]) -> (label: String, fields: [FieldDeclaration]) {
    (Self.label, Self.fields)
  }

  func start(label: String, fields: [DatasetSettings.Field]) -> FileStart {
    .header(quotes: false) { header in
      try header.expect(Self.columns)
      return try header.layout(label: label, fields: fields.map(\.name), hour: "hour")
    }
  }
}

/// Avazu's hour, `YYMMDDHH`, as the three texts that its fields hash: "00"…"23", "0"…"6" and "0" or
/// "1".
///
/// Weekdays are counted from Sunday, 0; the weekend is Saturday and Sunday. Years are 2000 to 2099.
final class AvazuHour {
  static let fields = ["hour", "weekday", "weekend"]

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

  /// Points the three columns from `first` on at the derived texts; false where it is not an hour.
  func derive(
    _ hour: UnsafeMutablePointer<UInt8>, _ count: Int, in columns: ColumnTable, from first: Int
  ) -> Bool {
    guard count == 8, (0..<8).allSatisfy({ hour[$0] &- 0x30 < 10 }) else { return false }
    let year = 2000 + Self.two(hour)
    let month = Self.two(hour + 2)
    let day = Self.two(hour + 4)
    guard 1...12 ~= month, 1...Self.days(month, year) ~= day, Self.two(hour + 6) < 24 else {
      return false
    }
    let weekday = Self.weekday(year, month, day)
    let isWeekend = weekday == 0 || weekday == 6
    columns.set(first, text + 3 * Self.two(hour + 6), 2)
    columns.set(first + 1, text + Self.digits + 2 * weekday, 1)
    columns.set(first + 2, text + Self.digits + 2 * (isWeekend ? 1 : 0), 1)
    return true
  }

  private static func two(_ digits: UnsafeMutablePointer<UInt8>) -> Int {
    Int(digits[0] &- 0x30) * 10 + Int(digits[1] &- 0x30)
  }

  private static func days(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since Saturday 1 January 2000, modulo 7, with Sunday as 0.
  private static func weekday(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let years = year - 2000
    var count = years * 365 + (years + 3) / 4 + day - 1
    for earlier in 1..<month { count += days(earlier, year) }
    return (count + 6) % 7
  }
}
