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
      run: .example(name, paradigm), centring: .covariance,
      representations: [
        representation("embedding", [2, 1]), representation("encoder", values),
      ],
      fields: [field("C<1>", 3, [4, 0]), field("even", 5, [2, 2]), field("unmet", 0, [0, 0])])
  }

  private func representation(_ name: String, _ values: [Double]) -> RepresentationSpectrum {
    RepresentationSpectrum(
      name: name, rows: 1234,
      covariance: DoubleMatrix(rows: values.count, columns: values.count), centring: .covariance,
      spectrum: Spectrum(values), own: Spectrum(values), constantDimensions: 1,
      attainable: values.count)
  }

  private func field(_ name: String, _ rows: Int, _ values: [Double]) -> FieldSpectrum {
    FieldSpectrum(
      name: name, tableRows: 9, rowsSeen: rows, centring: .covariance,
      spectrum: Spectrum(values), own: Spectrum(values))
  }

  private func write(_ results: [CollapseResult], to folder: String, dump: Bool = false) throws {
    let files = ReportFolder(folder, runs: results.map(\.run.name), dumps: dump)
    try CollapseReport(files.labelled(results, \.run.name)).write(to: files)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private func isWellFormed(_ markup: String) -> Bool {
    XMLParser(data: Data(markup.utf8)).parse()
  }

  private let halves = [4, 1, 0.25, 0]

  @Test func theTableHasOneLinePerRankAndEmptyCellsForZeros() throws {
    try withFolder { folder in
      try write([result("fm", .generative, halves)], to: folder)
      let lines = try text(folder + "/spectrum.csv").split(separator: "\n")
      #expect(lines[0] == "run,representation,rank,singular_value,normalized,log_normalized")
      #expect(lines[3] == "fm,encoder,1,4.0,1.0,0.0")
      #expect(lines[6] == "fm,encoder,4,0.0,0.0,")
      #expect(
        Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == [
          "spectrum.csv", "representations.csv", "fields.csv", "summary.json", "spectrum.svg",
          "spectrum-embedding.svg", "fields.svg", "report.html",
        ])
    }
  }

  @Test func measuresOfAllRunsAreInOneTable() {
    let table = CollapseReport([
      result("a", .generative, halves), result("b", .discriminative, [8, 4, 2]),
    ]).measures.text.split(separator: "\n")
    #expect(table.count == 5)
    #expect(table[2].hasPrefix("a,generative,fm,encoder,covariance,1234,4,5.25,1.3125,"))
    // The smallest value is zero: no condition number, one dead dimension, which is lost, and one
    // constant column.
    #expect(table[2].contains(",3,,1,4,1,1,"))
    #expect(table[4].contains(",3,4.0,0,3,0,1,"))
  }

  @Test func summaryHasNullForTheLogarithmOfZero() throws {
    let summary = CollapseReport([result("fm", .generative, halves)]).summary.pretty
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(summary.utf8)) as? [String: Any])
    let run = try #require((object["runs"] as? [[String: Any]])?.first)
    let places = try #require(run["representations"] as? [[String: Any]])
    #expect(places.map { $0["representation"] as? String } == ["embedding", "encoder"])
    let place = places[1]
    let logs = try #require(place["log_normalized"] as? [Any])
    #expect(logs.count == 4 && logs[3] is NSNull)
    #expect(place["information_abundance"] as? Double == 1.3125)
    #expect(place["dimensions_98_percent"] as? Int == 3)
    #expect(place["condition_number"] is NSNull && place["dead_dimensions"] as? Int == 1)
    #expect((run["metrics"] as? [String: Any])?["calibration"] is NSNull)
    #expect((run["fields"] as? [[String: Any]])?.count == 3)
  }

  @Test func chartIsWellFormedAndNamesEveryRun() throws {
    try withFolder { folder in
      let names = ["fm & <friends>", "deepfm", "deepfm"]
      try write(
        names.enumerated().map { result($1, $0 == 0 ? .discriminative : .generative, halves) },
        to: folder, dump: true)
      let svg = try text(folder + "/spectrum.svg")
      #expect(isWellFormed(svg))
      for label in [">fm &amp; &lt;friends&gt;</text>", ">deepfm</text>", ">deepfm (2)</text>"] {
        #expect(svg.contains(label))
      }
      for chart in ["fields", "spectrum-embedding"] {
        #expect(isWellFormed(try text("\(folder)/\(chart).svg")))
      }
      #expect(svg.contains("<title") && svg.contains("<desc"))
      #expect(svg.contains(">Singular value index</text>"))
      #expect(svg.contains(">Log of normalized singular value</text>"))
      #expect(!svg.contains("inf") && !svg.contains("nan"))
      #expect(FileManager.default.fileExists(atPath: folder + "/covariance-encoder-deepfm_2.npy"))
    }
  }

  @Test func pageIsSelfContainedAndListsTheFieldWithTheLowestShareFirst() throws {
    try withFolder { folder in
      try write([result("fm", .generative, halves)], to: folder)
      let page = try text(folder + "/report.html")
      #expect(
        !page.contains("<script") && !page.contains("src=\"http") && !page.contains("@import"))
      let table = try #require(page.range(of: "with the lowest share"))
      let all = try #require(page.range(of: "<details>"))
      let lowest = page[table.upperBound..<all.lowerBound]
      let worst = try #require(lowest.range(of: "<th scope=\"row\">C&lt;1&gt;</th>"))
      let best = try #require(lowest.range(of: "<th scope=\"row\">even</th>"))
      #expect(worst.lowerBound < best.lowerBound)
      #expect(!lowest.contains("<th scope=\"row\">unmet</th>"))
    }
  }

  @Test(arguments: [1, 2, 5, 12, 30], ["fm", "a_run_with_a_name_that_is_long_indeed"])
  func labelsInTheChartNeitherOverlapNorLeaveIt(runs: Int, name: String) {
    let layout = SpectrumChart(
      id: "spectrum", title: "Spectra",
      (0..<runs).map { index in
        // All curves end at the same point.
        SpectrumChart.Curve(
          label: "\(name)\(index)", paradigm: index % 2 == 0 ? .generative : .discriminative,
          shade: Palette.shade(.generative, index), logs: [0, -1, -3], rounding: -30, attainable: 3)
      }
    ).chart.layout
    #expect(layout.names.count == runs)
    for (index, first) in layout.names.enumerated() {
      let width = TextWidth.estimate(first.text, size: 14)
      #expect(first.x + width <= layout.width && first.y <= layout.height && first.y >= 20)
      for second in layout.names[(index + 1)...] {
        let isSeparate =
          abs(first.y - second.y) >= 16 || first.x + width <= second.x
          || second.x + TextWidth.estimate(second.text, size: 14) <= first.x
        #expect(isSeparate, "\(first.text) and \(second.text)")
      }
    }
  }

  /// A grid line below the name of the shaded area would cross its letters.
  @Test func theNameOfTheShadedAreaIsAboveTheGrid() throws {
    let svg = SpectrumChart(
      id: "s", title: "Spectra",
      [
        SpectrumChart.Curve(
          label: "a", paradigm: .generative, shade: Palette.shade(.generative, 0),
          logs: [0, -40], rounding: -30, attainable: 2)
      ]
    ).svg
    let name = try #require(svg.range(of: ">zero within rounding errors<"))
    let grid = try #require(svg.range(of: "class=\"grid\"", options: .backwards))
    let area = try #require(svg.range(of: "class=\"shaded\""))
    #expect(area.lowerBound < grid.lowerBound && grid.lowerBound < name.lowerBound)
    #expect(svg[..<name.lowerBound].suffix(200).contains("halo"))
  }

  /// RankMe counts small values that information abundance, a sum over the largest, does not.
  @Test func measuresThatDisagreeAreNamedAndManyAreCounted() {
    let steep = result("b", .discriminative, [100, 10, 10, 10])
    let flat = result("a", .generative, [10, 4, 0.5, 0.1])
    let two = CollapseReport([flat, steep]).disagreements
    #expect(two.count == 1 && two[0].hasPrefix("encoder, a → b: the measures disagree: higher "))
    #expect(CollapseReport([flat, flat]).disagreements.isEmpty)
    let others = (0..<6).map { result("c\($0)", .generative, [100, 10, 10, 10]) }
    let many = CollapseReport([flat] + others).disagreements
    #expect(many.count == 4 && many[3].hasPrefix("the measures of 3 more pairs disagree"))
  }

  /// Of four runs, each generative one is compared with the discriminative one of its seed, in
  /// whatever order they are given, and not two seeds of one paradigm.
  @Test func runsAreComparedWithThoseThatDifferInTheParadigm() {
    func run(_ paradigm: Paradigm, _ seed: Int, _ values: [Double]) -> CollapseResult {
      let result = result("fm-paradigm=\(paradigm.rawValue)-seed=\(seed)", paradigm, [1])
      return CollapseResult(
        run: result.run, centring: .covariance,
        representations: [representation("embedding", values)],
        fields: [])
    }
    let flat = [10, 4, 0.5, 0.1]
    let steep = [100.0, 10, 10, 10]
    let found = CollapseReport([
      run(.discriminative, 1, flat), run(.discriminative, 2, flat), run(.generative, 2, steep),
      run(.generative, 1, steep),
    ]).disagreements
    #expect(
      found.map { String($0.prefix { $0 != ":" }) } == [
        "embedding, fm-paradigm=discriminative-seed=2 → fm-paradigm=generative-seed=2",
        "embedding, fm-paradigm=discriminative-seed=1 → fm-paradigm=generative-seed=1",
      ])
  }

  @Test func inNoPanelOfManyRunsTwoCurvesHaveOneColour() throws {
    let runs = (0..<30).map { result("run\($0)", .generative, [4, 2, 1 + Double($0) / 30]) }
    let svg = try #require(CollapseFigures(runs).spectra.first).svg
    for panel in 1...5 { #expect(svg.contains(">\(panel)</text>")) }
    #expect(svg.contains(">1: run0 · epoch 2</text>") || svg.contains(">1: run0</text>"))
    #expect(svg.matches(of: /<polyline class="curve c/).count == 30)
    // The colours of the first six curves, which are in one panel.
    let colours = try (0..<6).map { index in
      try #require(
        svg.firstMatch(of: try Regex("\\.c\(index)\\{stroke:(#[0-9a-f]+)"))?[1].substring)
    }
    #expect(Set(colours).count == 6)
    #expect(!CollapseFigures(Array(runs[..<6])).isCrowded)
  }

  @Test func aParadigmHasOneColourAndItsRunsDifferInShade() {
    let shades = Palette.shades([.generative, .discriminative, .generative])
    #expect(shades[0] == Palette.shades([.generative])[0])
    #expect(shades[1] == Palette.shades([.discriminative])[0])
    #expect(Set(shades.map(\.light)).count == 3 && Set(shades.map(\.dark)).count == 3)
  }
}
