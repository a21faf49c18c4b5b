import ClickData
import TestSupport
import Testing

/// How labels and missing values may be written, in every format.
@Suite struct ValueTextTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func dataset(
    _ text: String, _ change: (inout DatasetSettings) -> Void = { _ in }
  ) throws -> Dataset {
    var settings = Sample.delimited([try folder.write("t.csv", text)])
    change(&settings)
    return try Dataset(settings: settings, features: Sample.fixed)
  }

  private static let written = [
    ("1", 1), ("0", 0), ("1.0", 1), ("0.0", 0), ("1.", 1), ("0.000", 0), ("true", 1), ("false", 0),
    ("True", 1), ("FALSE", 0), ("+1", 1), ("-1", 0), ("-1.0", 0), ("+1.0", 1), ("\"1.0\"", 1),
  ]

  @Test func labelsAreReadInEveryUsualSpelling() throws {
    let text = "a,y,b\n" + Self.written.map { "p,\($0.0),q\n" }.joined()
    let rows = try dataset(text) { $0.label = "y" }.rows()
    #expect(rows.map(\.label) == Self.written.map { Float($0.1) })
    #expect(Set(rows.map(\.ids)).count == 1)
  }

  @Test func everyFormatReadsTheseLabels() throws {
    let lines = ["1.0", "-1", "True"].map { label in
      label + Sample.criteoLine(3).dropFirst() + "\n"
    }
    let criteo = Sample.criteo([try folder.write("c.tsv", lines.joined())])
    #expect(try Dataset(settings: criteo).rows().map(\.label) == [1, 0, 1])
    let line = Sample.avazuLine(hour: "14102100").replacing(",1,14", with: ",false,14")
    let avazu = try dataset("\(Sample.avazuHeader)\n\(line)\n") { $0.format = .avazu }
    #expect(try avazu.rows().map(\.label) == [0])
    let libffm = try dataset("1.0 0:1:1\n-1.0 0:1:1\nfalse 0:1:1\n") {
      $0.format = .libffm
      $0.fields = [.init(name: "a", kind: .categorical)]
    }
    #expect(try libffm.rows().map(\.label) == [1, 0, 0])
  }

  @Test(arguments: ["2", "1.5", "10", "yes", "t", " 1", "1 ", "-", "+", ".", "1e0", ""])
  func otherLabelsAreBadRowsThatSuggestTheSetting(text: String) throws {
    let dataset = try dataset("y,a\n\(text),p\n")
    #expect(
      sentence { _ = try dataset.rows() }
        == "\(folder.path)/t.csv:2, column 1 (y): expected 0 or 1 (dataset.positive specifies "
        + "another value of a click), found \"\(text)\"; "
        + "repair the row or set dataset.on_bad_row: skip")
  }

  @Test func aPositiveLabelMakesEveryOtherOneZero() throws {
    let text = "y,a\nyes,p\nno,p\nYES,p\n1,p\n"
    #expect(try dataset(text) { $0.positive = "yes" }.rows().map(\.label) == [1, 0, 0, 0])
    // As a number, the label may be written in another way than the setting.
    let numbers = try dataset("y,a\n2,p\n2.0,p\n1,p\n02,p\n") { $0.positive = "2" }
    #expect(try numbers.rows().map(\.label) == [1, 1, 0, 1])
  }

  @Test func aMissingLabelIsABadRowEvenWithAPositiveOne() throws {
    for text in ["", "NULL"] {
      let dataset = try dataset("y,a\n\(text),p\n") {
        $0.positive = "yes"
        $0.missing = ["NULL"]
      }
      #expect(
        sentence { _ = try dataset.rows() }.hasPrefix(
          "\(folder.path)/t.csv:2, column 1 (y): expected 0 or 1"))
    }
  }

  @Test func missingTokensAreBlanksInCategoriesNumbersAndSequences() throws {
    let fields: [DatasetSettings.Field] = [
      .init(name: "a", kind: .categorical), .init(name: "n", kind: .numeric),
      .init(name: "s", kind: .sequence),
    ]
    func rows(_ text: String, missing: [String]) throws -> [ReadRow] {
      try dataset("y,a,n,s\n" + text) {
        $0.fields = fields
        $0.missing = missing
      }.rows()
    }
    let blank = try rows("1,,,p|q\n1,,,\n1,,,p\n", missing: [])
    let tokens = "1,NULL,\\N,p|NULL|q\n1,NaN,NULL,\\N\n1,\"NULL\",NaN,NaN|p|NULL\n"
    #expect(try rows(tokens, missing: ["NULL", "NaN", "\\N"]) == blank)
    #expect(sentence { _ = try rows(tokens, missing: []) }.contains("expected a number"))
  }

  @Test func missingNumbersOfFeatureLinesAreBlanks() throws {
    func rows(_ text: String) throws -> [ReadRow] {
      try dataset(text) {
        $0.format = .libffm
        $0.fields = [.init(name: "a", kind: .categorical), .init(name: "n", kind: .numeric)]
        $0.missing = ["NaN"]
      }.rows()
    }
    #expect(try rows("1 0:5:1 1:1:NaN\n") == rows("1 0:5:1\n"))
  }

  @Test func missingTokensCountAsMissingInScansAndVocabularies() throws {
    let dataset = try dataset("y,a\n1,p\n0,NULL\n1,q\n0,\n") { $0.missing = ["NULL"] }
    let summary = try dataset.inspect()
    #expect(summary.fields.map(\.missing) == [2])
    #expect(summary.fields.map(\.distinct) == [2])
  }

  @Test func aMissingTokenMayNotBeTheLabelOfAClickOrEmpty() {
    for (token, text) in [
      ("1", "found \"1\", which is dataset.positive, the label of a click; remove one"),
      ("", "found an empty text, which is always missing; remove it"),
    ] {
      #expect(
        sentence {
          _ = try dataset("y,a\n1,p\n") {
            $0.positive = "1"
            $0.missing = [token]
          }
        } == "dataset.missing: \(text)")
    }
  }

  @Test func quotesAreTextWhereTheSettingsSaySo() throws {
    let text = "y\tq\n0\t\"red shoes\n1\t5\" tv\n1\t\"a\"b\n"
    let rows = try dataset(text) { $0.quote = .none }.rows()
    #expect(
      rows.map(\.ids)
        == ["\"red shoes", "5\" tv", "\"a\"b"].map { [naiveHashID("q", $0, 1000)] })
    for (row, expected) in [
      ("\"red shoes", "a closing double quote"),
      ("\"a\"b", "a delimiter after the closing double quote"),
    ] {
      #expect(
        sentence { _ = try dataset("y\tq\n0\t\(row)\n").rows() }.contains(
          ":2, column 2 (q): expected \(expected) (dataset.quote: none reads quotes as text), found"
        ))
    }
  }

  @Test func quotesInAHeaderAreTextToo() throws {
    #expect(try dataset("y\t\"q\n0\tp\n") { $0.quote = .none }.fit().schema.map(\.name) == ["\"q"])
  }
}
