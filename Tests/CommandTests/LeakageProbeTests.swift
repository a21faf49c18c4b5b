import ClickData
import Foundation
import TestSupport
import Testing

@testable import sfg

@Suite struct LeakageProbeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Fields that predict a click in about every third row well, badly or not at all.
  private func inspection(rows: Int = 4000) throws -> Inspection {
    var lines = ["y,copy,unique,noise,amount,constant"]
    for row in 0..<rows {
      let random = (row &* 2_654_435_761) >> 7
      let click = random % 3 == 0
      // Each amount occurs once; those of clicks are in a separate range.
      let amount = click ? 5000 + Double(row) / 8192 : Double(random % 4999) + Double(row) / 8192
      lines.append(
        "\(click ? 1 : 0),\(click ? "bought" : "left"),u\(row),n\(random / 3 % 7),\(amount),c")
    }
    let path = try folder.write("t.csv", lines.joined(separator: "\n") + "\n")
    var settings = DatasetSettings()
    settings.format = .delimited
    settings.train = [path]
    settings.label = "y"
    settings.fields = ["copy", "unique", "noise", "amount", "constant"].map {
      .init(name: $0, kind: $0 == "amount" ? .numeric : .categorical)
    }
    return try Dataset(settings: settings).inspection()
  }

  @Test func leaksAreFoundAndIdentifiersAreNot() throws {
    let areas = try LeakageProbe.areas(inspection()).map { $0 ?? .nan }
    #expect(areas[0] == 1)
    // A value that occurs once gets the mean rate: it predicts nothing.
    #expect(areas[1] == 0.5)
    #expect(areas[2] > 0.4 && areas[2] < 0.6)
    #expect(areas[3] > 0.99)
    #expect(areas[4] == 0.5)
  }

  @Test func notesReportAnomalies() throws {
    let inspection = try inspection()
    let notes = InspectionNotes(inspection: inspection, areas: try LeakageProbe.areas(inspection))
      .lines
    #expect(
      notes == [
        "no duplicate rows",
        "copy alone reaches AUC 1.0000 on held-out rows: is it known before the click?",
        "unique has a different value in nearly every row: is it an identifier?",
        "amount alone reaches AUC \(try area(3, of: inspection)) on held-out rows: "
          + "is it known before the click?",
        "amount has a different value in nearly every row: is it an identifier?",
        "constant is constant",
      ])
  }

  private func area(_ field: Int, of inspection: Inspection) throws -> String {
    Readable.fixed(try LeakageProbe.areas(inspection)[field] ?? .nan, decimals: 4)
  }

  @Test func aSingleClassHasNoAUC() throws {
    let path = try folder.write("t.csv", "y,a\n" + (0..<50).map { "0,v\($0 % 3)\n" }.joined())
    var settings = DatasetSettings()
    settings.format = .delimited
    settings.train = [path]
    #expect(try LeakageProbe.areas(Dataset(settings: settings).inspection()) == [nil])
  }

  @Test(arguments: [60, 80, 120]) func textFitsTheTerminal(width: Int) throws {
    let inspection = try inspection(rows: 500)
    let text = InspectionText(
      inspection: inspection, areas: try LeakageProbe.areas(inspection), width: width
    ).text
    let tables = text.split(separator: "\n\n").dropFirst()
    #expect(tables.count == 3)
    for line in tables.joined(separator: ["\n"]).split(separator: "\n") {
      #expect(line.count <= width, "\(line)")
    }
    #expect(tables.first?.contains("encoding") == (width > 60))
  }
}
