import Testing

@testable import sfg

@Suite struct ReadableTests {
  @Test func countsHaveAboutThreeDigits() {
    let expected: KeyValuePairs = [
      0: "0", 7: "7", 999: "999", 1000: "1k", 1234: "1.2k", 99_949: "99.9k", 99_951: "100k",
      412_345: "412k", 999_499: "999k", 999_500: "1M", 45_840_617: "45.8M", 3_000_000_000: "3G",
      2_000_000_000_000: "2T", 5_000_000_000_000_000: "5000T",
    ]
    for (number, text) in expected { #expect(Readable.count(number) == text) }
    #expect(Readable.count(Double.nan) == "nan")
    #expect(Readable.count(999.4) == "999")
    #expect(Readable.count(999.6) == "1k")
  }

  @Test func durationsHaveTheirTwoLargestUnits() {
    let expected: KeyValuePairs = [
      0: "0.0 s", 0.44: "0.4 s", 9.94: "9.9 s", 9.96: "10 s", 59.4: "59 s", 59.6: "1 m 0 s",
      80: "1 m 20 s", 3599.6: "1 h 0 m", 11_100: "3 h 5 m", 198_000: "2 d 7 h", -1: "0.0 s",
    ]
    for (seconds, text) in expected { #expect(Readable.duration(seconds) == text) }
    #expect(Readable.duration(.infinity) == "inf s")
  }

  @Test func numbersHaveAFewSignificantDigits() {
    #expect(Readable.number(0.020000000000000004) == "0.02")
    #expect(Readable.number(1e-6) == "1e-06")
    #expect(Readable.metric(0.6123456789) == "0.612346")
    #expect(Readable.metric(-12.5) == "-12.500000")
    #expect(Readable.metric(551_234_567_890) == "5.51235e+11")
    #expect(Readable.pValue(0) == "< 1e-16" && Readable.pValue(0.0312) == "0.031")
    #expect(Readable.metric(nil) == "undefined")
  }

  @Test func tablesAreAligned() {
    var table = TextTable(["run": .left, "AUC": .right, "note": .left])
    table.add("fm", "0.8", "")
    table.add("fm_generative", "0.80123", "best")
    #expect(
      table.description == """
        run                AUC  note
        fm                 0.8
        fm_generative  0.80123  best
        """)
  }

  @Test func headingsOfSeveralLinesAreAlignedAtTheBottom() {
    var table = TextTable([("field", .left), ("bucket\ncollisions", .right)])
    table.add("a", "1 %")
    #expect(
      table.description == """
                   bucket
        field  collisions
        a             1 %
        """)
  }
}
