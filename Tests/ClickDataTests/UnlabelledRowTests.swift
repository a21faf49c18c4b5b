import Foundation
import TestSupport
import Testing

@testable import ClickData

/// Rows that are read without their labels, and the texts that are carried beside rows.
@Suite struct UnlabelledRowTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The rows of a text under an encoder fitted to `labelled`, and their carried texts.
  private func read(
    _ text: String, after labelled: String, _ reading: RowReading, name: String = "new.csv",
    _ change: (inout DatasetSettings) -> Void = { _ in }
  ) throws -> (rows: [ReadRow], texts: [[String]], badRows: BadRows) {
    var settings = Sample.delimited([try folder.write("train.txt", labelled)])
    change(&settings)
    let encoder = try Dataset(settings: settings, features: Sample.fixed).fit()
    settings.train = [try folder.write(name, text)]
    let stream = try Dataset(settings: settings, features: Sample.fixed).batches(
      of: .train, encoder: encoder, batchSize: 3, reading: reading)
    var rows: [ReadRow] = []
    var texts: [[String]] = []
    while let batch = try stream.next() {
      for row in 0..<batch.rows {
        rows.append(
          ReadRow(
            position: batch.positions[row], label: batch.labels[row],
            ids: (0..<batch.fields).map { batch.ids($0)[row] }, values: []))
        texts.append(
          reading.columns.indices.map { column in
            batch.texts.map { String(decoding: $0.text(column, ofRow: row), as: UTF8.self) } ?? ""
          })
      }
    }
    return (rows, texts, stream.progress.badRows)
  }

  private static let labelled =
    "y,a,b\n" + (0..<20).map { "\($0 % 2),a\($0),b\($0 % 3)\n" }.joined()

  @Test(arguments: [
    "a,b\n" + (0..<20).map { "a\($0),b\($0 % 3)\n" }.joined(),
    "y,a,b\n" + (0..<20).map { ",a\($0),b\($0 % 3)\n" }.joined(),
    "b,z,y,a\n" + (0..<20).map { "b\($0 % 3),?,maybe,a\($0)\n" }.joined(),
  ])
  func rowsWithoutALabelHaveTheIdsOfThoseWithOne(text: String) throws {
    let expected = try read(Self.labelled, after: Self.labelled, .training).rows
    let found = try read(text, after: Self.labelled, .unlabelled(texts: [])).rows
    #expect(found.map(\.ids) == expected.map(\.ids))
    #expect(found.map(\.position) == Array(0..<20))
    #expect(found.filter { $0.label.isNaN }.count == 20)
  }

  @Test func aRepeatedHeaderIsNoRowWithoutALabelEither() throws {
    let text = "a,b\np,q\n\u{feff}a,b\nr,s\nb,a\nt,u\nx,b\n"
    let found = try read(text, after: Self.labelled, .unlabelled(texts: ["a", "b"]))
    #expect(found.texts == [["p", "q"], ["r", "s"], ["u", "t"], ["b", "x"]])
    #expect(found.rows.map(\.position) == [0, 1, 2, 3])
  }

  @Test func theFirstRowOfACriteoFileDecidesWhetherLabelsAreThere() throws {
    func criteo(_ settings: inout DatasetSettings) {
      settings.format = .criteo
      settings.onBadRow = .skip
      settings.maxBadRows = .rows(9)
    }
    let labelled = Sample.criteoText(0..<8)
    let expected = try read(labelled, after: labelled, .training, criteo).rows.map(\.ids)
    func unlabelled(_ row: Int) -> String {
      Sample.criteoLine(row).split(
        separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)[1] + "\n"
    }
    for (text, rows) in [
      (labelled, [0, 1, 2, 3, 4, 5, 6, 7]),
      ((0..<8).map(unlabelled).joined(), [0, 1, 2, 3, 4, 5, 6, 7]),
      ((0..<8).map { "\t" + unlabelled($0) }.joined(), [0, 1, 2, 3, 4, 5, 6, 7]),
      // A short row of a file with labels must not be read with its columns moved.
      (labelled + unlabelled(3), [0, 1, 2, 3, 4, 5, 6, 7]),
      ("1\t2\n" + unlabelled(5) + Sample.criteoLine(6) + "\n" + unlabelled(7), [5, 7]),
    ] {
      let found = try read(text, after: labelled, .unlabelled(texts: ["C1"]), criteo)
      #expect(found.rows.map(\.ids) == rows.map { expected[$0] })
      #expect(found.texts == rows.map { ["c1-\($0 % 3)"] })
    }
    let failure = sentence {
      _ = try read("1\t2\n", after: labelled, .unlabelled(texts: []), { $0.format = .criteo })
    }
    #expect(
      failure.contains("new.csv:1: expected 40 columns, or 39 without the label, found 2"),
      "\(failure)")
  }

  @Test func featureLinesMayBeginWithAFeature() throws {
    func ffm(_ settings: inout DatasetSettings) {
      settings.format = .libffm
      settings.fields = ["u", "v"].map { .init(name: $0, kind: .categorical) }
    }
    let labelled = "1 0:7:1 1:8:1\n0 0:9:1\n1\n"
    let expected = try read(labelled, after: labelled, .training, ffm).rows.map(\.ids)
    for text in ["0:7:1 1:8:1\n  0:9:1\n \n", "? 0:7:1 1:8:1\n0 0:9:1\n-\n"] {
      let found = try read(text, after: labelled, .unlabelled(texts: ["v", "u"]), ffm)
      #expect(found.rows.map(\.ids) == expected)
      #expect(found.texts == [["8", "7"], ["", "9"], ["", ""]])
    }
  }

  @Test func textsAreCarriedAsTheyAreWritten() throws {
    let text =
      "id,a,b,note\n\"1,\"\"x\"\"\",\"p\",q,\"\"\n2,NULL,\"q\",5\" wide\n\"3\",,,\"b,c\"\n4,r,s,\n"
    let found = try read(
      text, after: Self.labelled, .unlabelled(texts: ["note", "id", "a"])
    ) { $0.missing = ["NULL"] }
    #expect(
      found.texts == [
        ["\"\"", "\"1,\"\"x\"\"\"", "\"p\""], ["5\" wide", "2", "NULL"], ["\"b,c\"", "\"3\"", ""],
        ["", "4", "r"],
      ])
    #expect(found.rows[1].ids[0] == 0)
  }

  @Test func valuesAreCarriedAsFieldsWouldHaveThem() throws {
    let text = "y,id,a,b\ntrue,\"1,\"\"x\"\"\",\"p\",q\n0.0,NULL,NULL,\"q\"\n"
    let found = try read(
      text, after: Self.labelled, .labelled(values: ["id", "a", "y"])
    ) { $0.missing = ["NULL"] }
    #expect(found.texts == [["1,\"x\"", "p", "1"], ["", "", "0"]])
  }

  /// A text must stay with its row, however rows are divided into batches and bad ones left out.
  @Test func textsStayWithTheirRows() throws {
    let lines = (0..<500).map { row in
      row % 7 == 3 ? "1,bad\n" : "\(row % 2),a\(row),\(String(repeating: "x", count: row % 40))\n"
    }
    let found = try read(
      "y,a,b\n" + lines.joined(), after: Self.labelled, .unlabelled(texts: ["b", "a"])
    ) {
      $0.onBadRow = .skip
      $0.maxBadRows = .share(0.5)
    }
    let good = (0..<500).filter { $0 % 7 != 3 }
    #expect(found.rows.map { Int($0.position) } == good)
    #expect(found.texts == good.map { [String(repeating: "x", count: $0 % 40), "a\($0)"] })
    #expect(found.badRows.count == 500 - good.count)
  }

  @Test func columnsOfThePathAndDerivedFieldsAreCarried() throws {
    func times(_ settings: inout DatasetSettings) {
      settings.fields = [
        .init(name: "a", kind: .categorical), .init(name: "t", kind: .timestamp),
        .init(name: "day", kind: .categorical),
      ]
      settings.label = "y"
    }
    func read(_ reading: RowReading) throws -> [[String]] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/day=7", withIntermediateDirectories: true)
      let text = "y,a,t\n1,p,2026-11-01T10:30:00\n0,q,\n"
      var settings = Sample.delimited([try folder.write("day=7/part.csv", text)])
      times(&settings)
      let dataset = try Dataset(settings: settings, features: Sample.fixed)
      let stream = try dataset.batches(
        of: .train, encoder: dataset.fit(), batchSize: 9, reading: reading)
      let batch = try #require(try stream.next())
      return (0..<batch.rows).map { row in
        reading.columns.indices.map {
          String(decoding: batch.texts!.text($0, ofRow: row), as: UTF8.self)
        }
      }
    }
    #expect(
      try read(.labelled(values: ["day", "t_hour", "a"])) == [["7", "10", "p"], ["7", "", "q"]])
    #expect(
      try read(.unlabelled(texts: ["t", "day"])) == [["2026-11-01T10:30:00", "7"], ["", "7"]])
    let failure = sentence { _ = try read(.unlabelled(texts: ["t_hour"])) }
    #expect(
      failure.hasSuffix(
        "part.csv: expected a column \"t_hour\", found y, a, t, day; name one of them"),
      "\(failure)")
  }
}
