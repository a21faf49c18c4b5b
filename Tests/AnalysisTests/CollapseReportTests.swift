import Foundation
import FoundationXML
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Analysis

@Suite struct CollapseReportTests {
  private func result(
    _ name: String, _ paradigm: Paradigm, _ values: [Double]
  ) -> CollapseResult {
    CollapseResult(
      run: .example(name, paradigm), rows: 1234,
      covariance: DoubleMatrix(rows: values.count, columns: values.count),
      spectrum: Spectrum(values), uncentred: Spectrum(values), constantDimensions: 1,
      fields: [
        FieldSpectrum(name: "even", tableRows: 9, rowsSeen: 5, spectrum: Spectrum([2, 2])),
        FieldSpectrum(name: "C<1>", tableRows: 9, rowsSeen: 5, spectrum: Spectrum([4, 0])),
        FieldSpectrum(name: "unmet", tableRows: 9, rowsSeen: 0, spectrum: Spectrum([0, 0])),
      ])
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private func isWellFormed(_ markup: String) -> Bool {
    XMLParser(data: Data(markup.utf8)).parse()
  }

  private let halves = [4, 1, 0.25, 0]

  @Test func aReportOfOneRunHasPlainColumnsAndEmptyCellsForZeros() throws {
    try withFolder { folder in
      try CollapseReport.write([result("fm", .generative, halves)], to: folder)
      let lines = try text(folder + "/spectrum.csv").split(separator: "\n")
      #expect(lines[0] == "rank,singular_value,normalized,log_normalized")
      #expect(lines[1] == "1,4.0,1.0,0.0")
      #expect(lines[4] == "4,0.0,0.0,")
      #expect(
        Set(try FileManager.default.contentsOfDirectory(atPath: folder))
          == ["spectrum.csv", "fields.csv", "summary.json", "spectrum.svg", "report.html"])
    }
  }

  @Test func severalRunsShareOneTableEvenWithDifferentWidths() {
    let table = CollapseReport.spectrumTable([
      result("a", .generative, [2, 1]), result("b", .discriminative, [8, 4, 2]),
    ]).text.split(separator: "\n")
    #expect(
      table[0]
        == "rank,a.singular_value,a.normalized,a.log_normalized,"
        + "b.singular_value,b.normalized,b.log_normalized")
    #expect(table[3].hasPrefix("3,,,,2.0,0.25,-1.38"))
  }

  @Test func summaryHasNullForTheLogarithmOfZero() throws {
    let summary = CollapseReport.summary([result("fm", .generative, halves)]).pretty
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(summary.utf8)) as? [String: Any])
    let run = try #require((object["runs"] as? [[String: Any]])?.first)
    let logs = try #require(run["log_normalized"] as? [Any])
    #expect(logs.count == 4 && logs[3] is NSNull)
    #expect(run["information_abundance"] as? Double == 1.3125)
    #expect(run["dimensions_98_percent"] as? Int == 3)
    #expect((run["metrics"] as? [String: Any])?["calibration"] is NSNull)
    #expect((run["fields"] as? [[String: Any]])?.count == 3)
  }

  @Test func chartIsWellFormedAndNamesEveryRun() throws {
    try withFolder { folder in
      let names = ["fm & <friends>", "deepfm", "deepfm"]
      try CollapseReport.write(
        names.enumerated().map { result($1, $0 == 0 ? .discriminative : .generative, halves) },
        to: folder, dump: true)
      let svg = try text(folder + "/spectrum.svg")
      #expect(isWellFormed(svg))
      for label in [">fm &amp; &lt;friends&gt;</text>", ">deepfm</text>", ">deepfm (2)</text>"] {
        #expect(svg.contains(label))
      }
      #expect(svg.contains("<title") && svg.contains("<desc"))
      #expect(svg.contains(">Singular value index</text>"))
      #expect(svg.contains(">Log of normalized singular value</text>"))
      #expect(!svg.contains("inf") && !svg.contains("nan"))
      #expect(FileManager.default.fileExists(atPath: folder + "/covariance-deepfm_2.npy"))
    }
  }

  @Test func pageIsSelfContainedAndListsTheWorstFieldFirst() throws {
    try withFolder { folder in
      try CollapseReport.write([result("fm", .generative, halves)], to: folder)
      let page = try text(folder + "/report.html")
      #expect(
        !page.contains("<script") && !page.contains("src=\"http") && !page.contains("@import"))
      let worst = try #require(page.range(of: "<th scope=\"row\">C&lt;1&gt;</th>"))
      let best = try #require(page.range(of: "<th scope=\"row\">even</th>"))
      #expect(worst.lowerBound < best.lowerBound)
      #expect(!page.contains("<th scope=\"row\">unmet</th>"))
    }
  }

  @Test(arguments: [1, 2, 5, 12, 30], ["fm", "a_run_with_a_name_that_is_long_indeed"])
  func namesInTheChartNeverOverlapNorLeaveIt(runs: Int, name: String) {
    let layout = SpectrumLayout(
      (0..<runs).map { index in
        // All curves end at the same place.
        SpectrumChart.Curve(
          label: "\(name)\(index)", paradigm: index % 2 == 0 ? .generative : .discriminative,
          logs: [0, -1, -3])
      })
    #expect(layout.names.count == runs)
    for (index, first) in layout.names.enumerated() {
      let width = TextWidth.estimate(first.text, size: 14)
      #expect(first.x + width <= layout.width && first.y <= layout.height && first.y >= 20)
      for second in layout.names[(index + 1)...] {
        let apart =
          abs(first.y - second.y) >= 16 || first.x + width <= second.x
          || second.x + TextWidth.estimate(second.text, size: 14) <= first.x
        #expect(apart, "\(first.text) and \(second.text)")
      }
    }
  }

  @Test func aParadigmHasTheSameColourEverywhereAndItsRunsDifferByShade() {
    let shades = Palette.shades([.generative, .discriminative, .generative])
    #expect(shades[0] == Palette.shades([.generative])[0])
    #expect(shades[1] == Palette.shades([.discriminative])[0])
    #expect(Set(shades.map(\.light)).count == 3 && Set(shades.map(\.dark)).count == 3)
  }

  @Test func ticksAreRoundAndInside() {
    #expect(Ticks.round(-43.2, 0, count: 6) == [-40, -30, -20, -10, 0])
    #expect(Ticks.step(390, count: 8) == 50)
    #expect(Ticks.round(0, 0, count: 5) == [0])
    #expect(NumberText.tick(-0.2, step: 0.2) == "\u{2212}0.2")
    #expect(NumberText.grouped(-1_234_567) == "\u{2212}1,234,567")
    #expect(NumberText.fixed(-0.001, 2) == "0.00")
  }
}
