import ClickData
import TestSupport
import Testing

@Suite struct BadRowTests {
  private let folder: TemporaryFolder
  private let labels = "0 or 1 (dataset.positive specifies another value of a click)"
  private let repair = "; repair the row or set dataset.on_bad_row: skip"

  init() throws { folder = try TemporaryFolder() }

  /// The error for a Criteo file whose third line has one column replaced.
  private func criteoSentence(column: Int, _ text: String, numeric: NumericEncoding = .logBucket)
    throws -> String
  {
    var columns = Sample.criteoLine(3).split(separator: "\t", omittingEmptySubsequences: false)
    columns[column - 1] = Substring(text)
    let path = try folder.write(
      "t.tsv", Sample.criteoText(1..<3) + columns.joined(separator: "\t") + "\n")
    var features = Sample.fixed
    features.numeric = numeric
    let found = sentence {
      _ = try Dataset(settings: Sample.criteo([path]), features: features).rows()
    }
    return String(found.dropFirst(folder.path.count + 1))
  }

  @Test func missingAndExtraColumnsAreCounted() throws {
    let lines = [
      Sample.criteoLine(1).split(separator: "\t", omittingEmptySubsequences: false).dropLast(2)
        .joined(separator: "\t"),
      Sample.criteoLine(1) + "\tx",
    ]
    for (line, found) in zip(lines, [38, 41]) {
      let path = try folder.write("train.tsv.gz", GzipFile.member(Sample.criteoText(0..<2) + line))
      #expect(
        sentence { _ = try Dataset(settings: Sample.criteo([path]), features: Sample.fixed).rows() }
          == "\(path):3: expected 40 columns, found \(found)\(repair)")
    }
  }

  @Test(arguments: ["2", "", "01", "11", " 1"])
  func aLabelIsZeroOrOne(_ text: String) throws {
    #expect(
      try criteoSentence(column: 1, text)
        == "t.tsv:3, column 1 (label): expected \(labels), found \"\(text)\"\(repair)")
  }

  @Test(arguments: [
    "abc", "0x10", "nan", "inf", "-inf", "1 ", "1e", "1e+", ".", "-", "+", "--1", "1.2.3", "1e400",
    "1_000", " ", "1e5x", "12345678901234567890x",
  ])
  func textThatIsNotANumberIsRefused(_ text: String) throws {
    #expect(
      try criteoSentence(column: 3, text)
        == "t.tsv:3, column 3 (I2): expected a number, found \"\(text)\"\(repair)")
  }

  @Test func aNumberBeyondFloatIsRefusedOnlyAsAValue() throws {
    #expect(
      try criteoSentence(column: 2, "1e39", numeric: .value)
        == "t.tsv:3, column 2 (I1): expected a number of at most 3.4e38 in size, found \"1e39\"\(repair)"
    )
  }

  @Test func quotedTextIsShortAndPrintable() throws {
    #expect(
      try criteoSentence(column: 3, "a\u{1b}[\"\\é" + String(repeating: "x", count: 50))
        == "t.tsv:3, column 3 (I2): expected a number, "
        + "found \"a\\x1b[\\\"\\\\\\xc3\\xa9\(String(repeating: "x", count: 33))…\"\(repair)")
  }

  @Test(arguments: ["1410210", "14102124", "14130100", "14022900", "1410210a", ""])
  func aMalformedHourIsABadRow(_ hour: String) throws {
    let path = try folder.write(
      "a.csv", Sample.avazuHeader + "\n" + Sample.avazuLine(hour: hour) + "\n")
    var settings = Sample.criteo([path])
    settings.format = .avazu
    #expect(
      sentence { _ = try Dataset(settings: settings, features: Sample.fixed).rows() }
        == "\(path):2, column 3 (hour): expected an hour as YYMMDDHH, found \"\(hour)\"\(repair)")
  }

  @Test func unmatchedQuotesAreReported() throws {
    let advice = " (dataset.quote: none reads quotes as text)"
    let cases = [
      ("1,\"ab", "a closing double quote\(advice)", "\\\"ab"),
      ("1,\"a\"b", "a delimiter after the closing double quote\(advice)", "\\\"a\\\"b"),
    ]
    for (line, expected, found) in cases {
      let path = try folder.write("q.csv", "y,x\n0,a\n\(line)\n")
      #expect(
        sentence {
          _ = try Dataset(settings: Sample.delimited([path]), features: Sample.fixed).rows()
        } == "\(path):3, column 2 (x): expected \(expected), found \"\(found)\"\(repair)")
    }
  }

  @Test func skippedRowsAreCountedReportedAndDropped() throws {
    let good = Sample.criteoText(0..<20)
    let bad = (0..<7).map { _ in "2" + Sample.criteoLine(1).dropFirst() + "\n" }.joined()
    var settings = Sample.criteo([try folder.write("t.tsv", bad + good)])
    settings.onBadRow = .skip
    settings.maxBadRows = .rows(7)
    let dataset = try Dataset(settings: settings, features: Sample.fixed)
    let stream = try dataset.batches(of: .train, encoder: try dataset.fit(), batchSize: 6)
    let rows = try stream.allRows()
    let clean = try Dataset(
      settings: Sample.criteo([try folder.write("c.tsv", good)]), features: Sample.fixed
    ).rows()
    #expect(rows.map(\.ids) == clean.map(\.ids))
    #expect(rows.map(\.position) == Array(7..<27))
    #expect(stream.progress.badRows.count == 7)
    #expect(
      stream.progress.badRows.messages
        == (1...5).map {
          "\(settings.train[0]):\($0), column 1 (label): expected \(labels), found \"2\""
        })
    #expect(try dataset.inspect().badRows.count == 7)

    settings.maxBadRows = .rows(6)
    #expect(
      sentence { _ = try Dataset(settings: settings, features: Sample.fixed).rows() }
        == "\(settings.train[0]):7, column 1 (label): expected \(labels), found \"2\"; it is one bad row more "
        + "than dataset.max_bad_rows (6); repair the data or raise the limit")
  }
}
