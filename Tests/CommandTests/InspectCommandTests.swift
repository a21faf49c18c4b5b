import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct InspectCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.write(
      "a.yaml", "dataset: {format: delimited, train: a.csv, label: y, fields: [a, b]}\n")
    _ = try folder.write(
      "a.csv",
      "y,a,b\n" + (0..<300).map { "\($0 % 3 == 0 ? 1 : 0),v\($0 % 3),w\($0 % 5)\n" }.joined())
  }

  private func shell(_ line: String) throws -> SFGBinary.Outcome {
    try SFGBinary.shell(line, in: folder.path)
  }

  @Test func theReportContainsTheNotesAndTheValues() throws {
    let outcome = try SFGBinary.run(
      "inspect --config a.yaml --report out/a.html", in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("300 rows, 100 clicks, click rate 33.33 %\n"))
    #expect(outcome.output.contains("a alone reaches AUC 1.0000 on held-out rows"))
    #expect(outcome.output.hasSuffix("report: out/a.html\n"))
    let page = try String(contentsOfFile: "\(folder.path)/out/a.html", encoding: .utf8)
    #expect(page.contains("a alone reaches AUC 1.0000 on held-out rows"))
    #expect(page.contains("v0 (33.33\u{a0}%)"))
  }

  @Test func aLabelThatNoConfigurationNamesIsAWarning() throws {
    _ = try folder.write("b.yaml", "dataset: {format: delimited, train: a.csv}\n")
    let outcome = try SFGBinary.run("inspect --config b.yaml", in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.errors.contains(
        "warning: the label is \"y\", the first column of the header; set dataset.label"))
    let named = try SFGBinary.run("inspect --config a.yaml", in: folder.path)
    #expect(!named.errors.contains("warning"))
  }

  @Test func jsonContainsTheFindings() throws {
    let outcome = try SFGBinary.run("inspect --config a.yaml --json", in: folder.path)
    let found = try outcome.json()
    #expect(found["duplicate_rows"] as? Int == 300 - 15)
    let fields = try #require(found["fields"] as? [[String: Any]])
    #expect(fields.map { $0["AUC_alone"] as? Double ?? -1 }[0] == 1)
    #expect(fields[1]["suggested_min_count"] as? Int == 10)
    #expect((fields[1]["top"] as? [[String: Any]])?.count == 5)
  }

  @Test func standardInputNeedsNoBrackets() throws {
    let outcome = try shell("cat a.csv | $SFG inspect --config a.yaml --set dataset.train=-")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("300 rows"))
  }

  @Test func aClosedPipeEndsTheProgramQuietly() throws {
    let outcome = try shell("$SFG inspect --config a.yaml --json | true")
    #expect(outcome.errors.isEmpty)
    #expect([0, 141].contains(outcome.status))
  }

  @Test func truncatedStandardInputIsReportedAsSuch() throws {
    let outcome = try shell(
      "gzip -c a.csv | head -c 60 | $SFG inspect --config a.yaml --set dataset.train=-")
    #expect(outcome.status == 65)
    #expect(outcome.errors.hasPrefix("Error: standard input: gzip data ends early at byte 60"))
  }
}
