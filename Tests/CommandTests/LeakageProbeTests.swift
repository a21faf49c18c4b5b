import ClickData
import Foundation
import TestSupport
import Testing

@testable import sfg

@Suite struct LeakageProbeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Fields that tell more or less of a click that comes in every third row or so.
  private func inspection(rows: Int = 4000) throws -> Inspection {
    var lines = ["y,copy,unique,noise,amount,constant"]
    for row in 0..<rows {
      let random = (row &* 2_654_435_761) >> 7
      let click = random % 3 == 0
      // Each amount occurs once; those of clicks are in a range of their own.
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

  @Test func whatKnowsTheClickIsFoundAndWhatIsUniqueIsNot() throws {
    let areas = try LeakageProbe.areas(inspection()).map { $0 ?? .nan }
    #expect(areas[0] == 1)
    // Values seen in neither half twice stand at the mean: a coin.
    #expect(areas[1] == 0.5)
    #expect(areas[2] > 0.4 && areas[2] < 0.6)
    #expect(areas[3] > 0.99)
    #expect(areas[4] == 0.5)
  }

  @Test func notesNameWhatIsOdd() throws {
    let inspection = try inspection()
    let notes = InspectionNotes(inspection, areas: try LeakageProbe.areas(inspection)).lines
    #expect(
      notes == [
        "no row repeats another",
        "copy alone reaches AUC 1.0000 on rows held out: is it known before the click?",
        "unique has a value of its own in nearly every row: an identifier?",
        "amount alone reaches AUC \(try area(3, of: inspection)) on rows held out: "
          + "is it known before the click?",
        "amount has a value of its own in nearly every row: an identifier?",
        "constant never changes",
      ])
  }

  private func area(_ field: Int, of inspection: Inspection) throws -> String {
    Readable.fixed(try LeakageProbe.areas(inspection)[field] ?? .nan, decimals: 4)
  }

  @Test func rowsOfOneClassTellNothing() throws {
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
