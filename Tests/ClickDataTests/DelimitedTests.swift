import ClickData
import TestSupport
import Testing

@Suite struct DelimitedTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func dataset(
    _ text: String, name: String = "t.csv", _ change: (inout DatasetSettings) -> Void = { _ in }
  ) throws -> Dataset {
    var settings = Sample.delimited([try folder.write(name, text)])
    change(&settings)
    return try Dataset(settings: settings, features: Sample.fixed)
  }

  private func ids(_ texts: [(String, String)]) -> [UInt32] {
    texts.map { naiveHashID($0.0, $0.1, 1000) }
  }

  @Test func everyColumnButTheFirstIsAField() throws {
    let dataset = try dataset("y,a,b\n1,p,q\n0,,r\n")
    #expect(try dataset.fit().schema.map(\.name) == ["a", "b"])
    #expect(try dataset.fit().label == "y")
    let rows = try dataset.rows()
    #expect(rows.map(\.ids) == [ids([("a", "p"), ("b", "q")]), [0] + ids([("b", "r")])])
    #expect(rows.map(\.label) == [1, 0])
  }

  @Test func aFirstColumnIsNoLabelBesideOneThatIsCalledSo() throws {
    for name in ["click", "Label", "clicked", "TARGET"] {
      #expect(
        sentence { _ = try dataset("is_mobile,a,\(name)\n1,p,0\n").fit() }
          == "dataset.label: expected the name of the label's column, found none; the first column "
          + "is \"is_mobile\", and there is a column \"\(name)\": set dataset.label to one of them")
      #expect(try dataset("\(name),a,target2\n1,p,0\n").fit().label == name)
    }
    #expect(try dataset("click,a,label\n1,p,0\n").fit().label == "click")
    #expect(try dataset("a,label\n1,0\n", { $0.label = "a" }).fit().label == "a")
  }

  @Test func labelFieldsAndDelimiterCanBeChosen() throws {
    let dataset = try dataset("a;n;y;b\np,1;7;1;q\n") {
      $0.label = "y"
      $0.delimiter = ";"
      $0.fields = [.init(name: "n", kind: .numeric), .init(name: "a", kind: .categorical)]
    }
    #expect(try dataset.rows().map(\.ids) == [[naiveLogBucketID(7)] + ids([("a", "p,1")])])
  }

  @Test func aTabInTheHeaderIsTheDelimiter() throws {
    #expect(try dataset("y\ta,b\n1\tp,q\n").rows().map(\.ids) == [ids([("a,b", "p,q")])])
  }

  @Test func quotedColumnsHoldDelimitersAndQuotes() throws {
    let text = "\"y\",\"a,b\",c\n1,\"p,\"\"q\"\"\",r\n0,\"\",x\"y\n\"1\",\"plain\",\"\"\"\"\n"
    #expect(
      try dataset(text).rows().map(\.ids) == [
        ids([("a,b", "p,\"q\""), ("c", "r")]), ids([("a,b", ""), ("c", "x\"y")]),
        ids([("a,b", "plain"), ("c", "\"")]),
      ])
  }

  @Test func filesMayOrderTheirColumnsDifferently() throws {
    let first = try folder.write("1.csv", "y,a,b\n1,p,q\n")
    let second = try folder.write("2.csv", "b\tunused\ty\ta\nq\tz\t1\tp\n")
    let rows = try Dataset(settings: Sample.delimited([first, second]), features: Sample.fixed)
      .rows()
    #expect(rows.map(\.ids) == Array(repeating: ids([("a", "p"), ("b", "q")]), count: 2))
  }

  @Test func missingAndRepeatedColumnsAreReported() throws {
    let first = try folder.write("1.csv", "y,a,b\n1,p,q\n")
    for (header, end) in [
      (
        "y,b",
        "expected a column \"a\" in the header, found y, b; "
          + "check the data set's format, label, fields and delimiter"
      ),
      ("y,a,b,a", "expected one column \"a\" in the header, found two; rename one"),
      (
        "y,\"a,b",
        "expected a header with matching double quotes, found one left open; "
          + "repair the header"
      ),
    ] {
      let second = try folder.write("2.csv", header + "\n")
      #expect(
        sentence {
          let settings = Sample.delimited([first, second])
          _ = try Dataset(settings: settings, features: Sample.fixed).rows()
        } == "\(second):1: \(end)")
    }
  }

  @Test func avazuHeadersAreChecked() throws {
    for (header, end) in [
      (
        "y,click",
        ": expected a column \"hour\" in the header, found y, click; "
          + "check the data set's format, label, fields and delimiter"
      ),
      ("y,click,click", ": expected one column \"click\" in the header, found two; rename one"),
    ] {
      #expect(
        sentence { _ = try dataset(header + "\n") { $0.format = .avazu }.rows() }
          == "\(folder.path)/t.csv:1\(end)")
    }
  }
}
