import TestSupport
import Testing

@testable import ClickData

/// Points in time, and the three fields that they become.
@Suite struct TimestampTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func moment(_ text: String) -> Moment? {
    let chunk = Array(text.utf8).withUnsafeBufferPointer(TextChunk.init(copying:))
    return TimestampText.parse(chunk.bytes, chunk.count)
  }

  // 18 November 2023 was a Saturday; `date -u -d "2023-11-18 08:51:24" +%s` is 1700297484.
  @Test(arguments: [
    ("2023-11-18T08:51:24Z", 0), ("2023-11-18 08:51:24", 0), ("2023-11-18T08:51:24.000", 0),
    ("2023-11-18t08:51:24z", 0), ("2023-11-18T08:51:24+00:00", 0), ("2023/11/18 08:51:24", 0),
    ("2023-11-18 08:51:24 UTC", 0), ("2023-11-18T085124Z", 0), ("20231118085124", 0),
    ("20231118T085124", 0), ("1700297484", 0), ("1700297484000", 0), ("1700297484000000", 0),
    ("1700297484000000000", 0), ("1700297484.105", 105_000), ("1700297484105", 105_000),
    ("2023-11-18T08:51:24.105Z", 105_000), ("2023-11-18T08:51:24,1050009", 105_000),
    ("2023-11-18T08:51:24+02:00", -7_200_000_000), ("2023-11-18T08:51:24-0530", 19_800_000_000),
    ("2023-11-18T08:51", -24_000_000), ("2023-11-18T08", -3_084_000_000),
  ])
  func everySpellingIsTheSameMoment(text: String, microseconds: Int) throws {
    let found = try #require(moment(text))
    #expect(found.microseconds == 1_700_297_484_000_000 + microseconds)
    #expect(found.hour == 8 && found.weekday == 6 && found.isWeekend)
  }

  @Test(arguments: [
    ("2026-11-01", 0, 0), ("20261101", 0, 0), ("1970-01-01T00:00:00", 0, 4), ("0", 0, 4),
    ("-1", 23, 3), ("2000-02-29 23:59:60", 23, 2), ("1999-12-31T23:00", 23, 5),
  ])
  func hoursAndWeekdaysAreThoseOfTheCalendar(text: String, hour: Int, weekday: Int) throws {
    let found = try #require(moment(text))
    #expect(found.hour == hour && found.weekday == weekday)
  }

  @Test(arguments: [
    "", "x", "2023-13-01", "2023-02-29", "2023-11-18T24:00", "2023-11-18T08:60", "2023-11-18x",
    "2023-11-18T08:51:24+", "2023-11-18T08:51:24Zx", "2023-11", "18/11/2023", "1.2.3", "-", ".",
    "12345678901234567890", "2023-1118", "2023-11-18T", "NULL",
  ])
  func otherTextIsNoMoment(text: String) { #expect(moment(text) == nil) }

  @Test func aTimestampBecomesThreeFields() throws {
    let text =
      "y,ts,a\n1,2023-11-18T08:51:24Z,p\n0,1700297484105,p\n1,,p\n0,NULL,p\n1,2026-11-02,p\n"
    var settings = Sample.delimited([try folder.write("t.csv", text)])
    settings.fields = [
      .init(name: "a", kind: .categorical), .init(name: "ts", kind: .timestamp),
    ]
    settings.missing = ["NULL"]
    let dataset = try Dataset(settings: settings, features: Sample.fixed)
    #expect(
      try dataset.fit().schema.map(\.name) == ["a", "ts_hour", "ts_weekday", "ts_weekend"])
    func ids(_ texts: [String]) -> [UInt32] {
      zip(["a", "ts_hour", "ts_weekday", "ts_weekend"], texts).map {
        $1.isEmpty ? 0 : naiveHashID($0, $1, 1000)
      }
    }
    let saturday = ids(["p", "08", "6", "1"])
    let blank = ids(["p", "", "", ""])
    #expect(
      try dataset.rows().map(\.ids)
        == [saturday, saturday, blank, blank, ids(["p", "00", "1", "0"])])
  }

  @Test func otherTextIsABadRow() throws {
    let path = try folder.write("t.csv", "y,ts\n1,soon\n")
    var settings = Sample.delimited([path])
    settings.fields = [.init(name: "ts", kind: .timestamp)]
    #expect(
      sentence { _ = try Dataset(settings: settings, features: Sample.fixed).rows() }
        == "\(path):2, column 2 (ts): expected a time as in ISO 8601 (2026-11-01T10:00:00), or "
        + "seconds or milliseconds since 1970, found \"soon\"; "
        + "repair the row or set dataset.on_bad_row: skip")
  }

  @Test func timestampsMayNotCollideOrBelongToFeatures() throws {
    var settings = Sample.delimited([try folder.write("t.csv", "y,ts,ts_hour\n1,0,0\n")])
    settings.fields = [
      .init(name: "ts", kind: .timestamp), .init(name: "ts_hour", kind: .categorical),
    ]
    #expect(
      sentence { _ = try Dataset(settings: settings) }
        == "dataset.fields: expected each field once, found \"ts_hour\" twice; remove one")
    settings.format = .libffm
    settings.fields = [.init(name: "ts", kind: .timestamp)]
    #expect(
      sentence { _ = try Dataset(settings: settings) }
        == "dataset.fields, ts: found type: timestamp, expected another; "
        + "only columns of delimited text are points in time")
  }
}
