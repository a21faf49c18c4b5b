import Foundation
import Platform
import TestSupport
import Testing

@testable import ClickData

/// Folders and files as other programs write them.
@Suite struct LogFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func dataset(
    _ paths: [String], fields: [String] = [], _ change: (inout DatasetSettings) -> Void = { _ in }
  ) throws -> Dataset {
    var settings = Sample.delimited(
      paths, fields: fields.map { .init(name: $0, kind: .categorical) })
    change(&settings)
    return try Dataset(settings: settings, features: Sample.fixed)
  }

  private func hashes(_ texts: [String], _ field: String = "a") -> [[UInt32]] {
    texts.map { [naiveHashID(field, $0, 1000)] }
  }

  @Test func filesWithoutTextInAFolderOrGlobAreSkipped() throws {
    let first = try folder.write("part-0.csv", "y,a\n1,p\n")
    let empty = [
      try folder.write("part-1.csv", ""), try folder.write("part-2.csv.gz", GzipFile.member("")),
      try folder.write("part-3.csv", "\n\r\n"),
    ]
    let last = try folder.write("part-4.csv", "y,a\n1,q\n")
    for name in ["_SUCCESS", "_committed", ".part-0.csv.crc", "part-0.csv.crc"] {
      _ = try folder.write(name, "not a row")
    }
    for pattern in [folder.path, folder.path + "/*", folder.path + "/part-*"] {
      let dataset = try dataset([pattern])
      #expect(try dataset.rows().map(\.ids) == hashes(["p", "q"]))
      #expect(dataset.filesWithoutText == empty)
    }
    #expect(try dataset([first, last]).filesWithoutText == [])
    // A file that the settings name is not expected to be empty.
    #expect(
      sentence { _ = try dataset([first, empty[0]]).rows() }
        == "\(empty[0]): expected rows, found an empty file; check the path")
    #expect(
      sentence { _ = try dataset([folder.path + "/part-[123]*"]) }
        == "\(empty[0]): expected rows, found an empty file; check the path")
  }

  @Test func partitionsAreEnteredInTheOrderOfTheirNames() throws {
    for (day, value) in [("2026-11-02", "q"), ("2026-11-01", "p")] {
      try Folder.make("\(folder.path)/dt=\(day)")
      try Folder.make("\(folder.path)/dt=\(day)/country=de")
      _ = try folder.write("dt=\(day)/country=de/part-0.csv", "y,a\n1,\(value)\n")
      _ = try folder.write("dt=\(day)/_SUCCESS", "")
    }
    #expect(try dataset([folder.path]).rows().map(\.ids) == hashes(["p", "q"]))
    #expect(try dataset([folder.path + "/dt=*"]).rows().map(\.ids) == hashes(["p", "q"]))
    let rows = try dataset([folder.path], fields: ["dt", "a", "country"]).rows()
    #expect(
      rows.map(\.ids)
        == [("2026-11-01", "p"), ("2026-11-02", "q")].map { day, value in
          [
            naiveHashID("dt", day, 1000), naiveHashID("a", value, 1000),
            naiveHashID("country", "de", 1000),
          ]
        })
  }

  @Test func headersOfConcatenatedFilesAreSkipped() throws {
    let text = "y,a,b\n1,p,\"x,y\"\ny,a,b\n0,q,r\n\"y\",a,b\n\u{feff}y,a,b\n1,s,t\n"
    let rows = try dataset([try folder.write("t.csv", text)], fields: ["a"]).rows()
    #expect(rows.map(\.ids) == hashes(["p", "q", "s"]))
    #expect(rows.map(\.position) == [0, 1, 2])
    let positive = try dataset([try folder.write("t.csv", text)], fields: ["a"]) {
      $0.positive = "1"
    }
    #expect(try positive.rows().map(\.label) == [1, 0, 1])
  }

  @Test func aRepeatedHeaderMayReorderTheColumns() throws {
    let text = "y,a,b\n1,p,u\nb,y,a\nv,0,q\ny,a,b\n1,r,w\n"
    let rows = try dataset([try folder.write("t.csv", text)], fields: ["a"]).rows()
    #expect(rows.map(\.ids) == hashes(["p", "q", "r"]))
    #expect(rows.map(\.label) == [1, 0, 1])
  }

  @Test func aLineThatIsNotAHeaderStaysABadRow() throws {
    let path = try folder.write("t.csv", "y,a\n1,p\ny,b\n")
    #expect(
      sentence { _ = try dataset([path]).rows() }.hasPrefix("\(path):3, column 1 (y): expected 0"))
  }

  @Test func aHeaderWhereAFormatHasNoneSaysSo() throws {
    for (format, text, names) in [
      (DatasetSettings.Format.criteo, "label,user,item\n1,a,b\n", "label, user, item"),
      (.criteo, Sample.avazuHeader.replacing(",", with: "\t") + "\n", nil),
      (.libffm, "\"click\";\"user\"\n", "click, user"),
    ] as [(DatasetSettings.Format, String, String?)] {
      let path = try folder.write("t.csv", text)
      let found = sentence {
        _ = try dataset([path], fields: ["user"]) { $0.format = format }.rows()
      }
      let start =
        "\(path):1: expected a row, because format \(format) has no header, found the header "
      #expect(found.hasPrefix(start))
      #expect(found.hasSuffix("; set dataset.format: delimited"))
      if let names { #expect(found == start + names + "; set dataset.format: delimited") }
    }
    // A first row that is broken in another way is described as such.
    let path = try folder.write("t.tsv", "1\t2\t3\n")
    #expect(
      sentence { _ = try dataset([path]) { $0.format = .criteo }.rows() }.hasPrefix(
        "\(path):1: expected 40 columns, found 3"))
  }

  @Test func avazuColumnsAreFoundByName() throws {
    let names = Sample.avazuHeader.split(separator: ",").map(String.init)
    let values = Sample.avazuLine(hour: "14102100").split(separator: ",").map(String.init)
    let order = names.indices.reversed().filter { names[$0] != "id" }
    let shuffled =
      (["extra"] + order.map { names[$0] }).joined(separator: ",") + "\n"
      + (["x"] + order.map { values[$0] }).joined(separator: ",") + "\n"
    func rows(_ text: String) throws -> [ReadRow] {
      try dataset([try folder.write("a.csv", text)]) { $0.format = .avazu }.rows()
    }
    #expect(
      try rows(shuffled)
        == rows(Sample.avazuHeader + "\n" + Sample.avazuLine(hour: "14102100") + "\n"))
  }

  @Test func aRelativePathSaysWhereItStarts() throws {
    let here = FileManager.default.currentDirectoryPath
    #expect(
      sentence { _ = try dataset(["no/such.csv"]) }
        == "no/such.csv: no such file (a relative path starts at the working directory, "
        + "\(here)); check the path")
    #expect(
      sentence { _ = try dataset(["no/such*.csv"]) }
        == "no/such*.csv: no file matches (a relative path starts at the working directory, "
        + "\(here)); check the pattern")
  }
}
