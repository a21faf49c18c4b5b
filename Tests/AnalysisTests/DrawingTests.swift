import Foundation
import Models
import TestSupport
import Testing

@testable import Analysis

@Suite struct DrawingTests {
  /// The positions and sizes of a row of `count` cells.
  private func cells(_ count: Int, across width: Double) throws -> [(x: Double, width: Double)] {
    var drawing = Drawing(
      id: "cells", width: width, height: 9, title: "Cells", description: "A row.", shades: [])
    let size = width / Double(count)
    for index in 0..<count { drawing.box("cell", Double(index) * size, 0, size, 9) }
    return try drawing.svg.matches(of: /class="cell" x="([\d.]+)" y="0" width="([\d.]+)"/).map {
      (try #require(Double($0.1)), try #require(Double($0.2)))
    }
  }

  @Test(arguments: [1, 7, 39, 40, 199])
  func neighbouringCellsNeitherOverlapNorLeaveAGap(count: Int) throws {
    let cells = try cells(count, across: 330)
    #expect(cells.count == count)
    for (cell, next) in zip(cells, cells.dropFirst()) {
      expectClose(cell.x + cell.width, next.x, Tolerance(absolute: 1e-9, relative: 0))
    }
  }

  @Test func numbersInTablesHaveFewDigits() {
    #expect(NumberFormat.short(30_264.4) == "30,264")
    #expect(NumberFormat.short(1_000) == "1,000")
    #expect(NumberFormat.short(999.6) == "1000")
    #expect(NumberFormat.short(12.34) == "12.3")
    #expect(NumberFormat.short(3.46e6) == "3.5 · 10⁶")
  }

  @Test func namesBreakAfterUnderscoresAndNumbersKeepTheirPerCentSigns() {
    #expect(Markup.breakable("a_<b>") == "a_<wbr>&lt;b&gt;")
    #expect(Markup.prose("98 % of 9") == "98\u{a0}% of 9")
  }

  @Test func aTableNamesItsGroupsForReadersAndScreenReaders() {
    let table = ReportTable(
      caption: "What", header: ["Run", "AUC"],
      groups: [
        ("first", [[.word("a"), .number("1")]]),
        ("second", [[.word("b"), .estimate("2", interval: "1 … 3")]]),
      ]
    ).markup
    #expect(
      table.contains("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What\">"))
    #expect(table.contains("<th scope=\"col\" class=\"word\">Run</th><th scope=\"col\">AUC</th>"))
    #expect(table.contains("<th scope=\"rowgroup\" colspan=\"2\">second</th>"))
    #expect(
      table.contains("<th scope=\"row\">b</th><td>2<br><small>1 … 3</small></td>"))
  }

  @Test(arguments: Paradigm.allCases, 0..<6)
  func everyShadeHasAContrastOfThreeToOne(paradigm: Paradigm, index: Int) {
    // WCAG 2.1, success criterion 1.4.11.
    let shade = Palette.shade(paradigm, index)
    #expect(contrast(shade.light, "#ffffff") >= 3, "\(shade.light)")
    #expect(contrast(shade.dark, "#14171a") >= 3, "\(shade.dark)")
  }

  /// Most figures have two or three runs of a paradigm.
  ///
  /// The distance is that of OKLab; two oranges are at 0.06.
  @Test(arguments: Paradigm.allCases)
  func theFirstShadesOfAParadigmAreFarApart(paradigm: Paradigm) throws {
    func distance(_ first: String, _ second: String) throws -> Double {
      let colours = try [first, second].map { try oklab($0) }
      return zip(colours[0], colours[1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        .squareRoot()
    }
    let shades = (0..<3).map { Palette.shade(paradigm, $0) }
    for (first, second) in [(0, 1), (0, 2), (1, 2)] {
      let least = first == 0 && second == 1 ? 0.19 : 0.1
      #expect(try distance(shades[first].light, shades[second].light) >= least)
      #expect(try distance(shades[first].dark, shades[second].dark) >= least)
    }
  }

  /// Ottosson (2020).
  private func oklab(_ colour: String) throws -> [Double] {
    let linear = try [1, 3, 5].map { start in
      let digits = try #require(Int(colour.dropFirst(start).prefix(2), radix: 16))
      let value = Double(digits) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    func mixed(_ rows: [[Double]], _ values: [Double]) -> [Double] {
      rows.map { zip($0, values).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    let cones = mixed(
      [
        [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
      ], linear
    ).map(cbrt)
    return mixed(
      [
        [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
      ], cones)
  }

  @Test func everyOrderedColourHasAContrastOfThreeToOneAndTheirLightnessIsMonotone() {
    let shades = (0...30).map { Palette.ordered(Double($0) / 30) }
    for shade in shades + [Palette.neutral] {
      #expect(contrast(shade.light, "#ffffff") >= 3, "\(shade.light)")
      #expect(contrast(shade.dark, "#14171a") >= 3, "\(shade.dark)")
    }
    let light = shades.map { contrast($0.light, "#ffffff") }
    let dark = shades.map { contrast($0.dark, "#14171a") }
    #expect(light == light.sorted() && dark == dark.sorted())
    // The ends are far apart, so that a few values between them can be told apart.
    #expect(light[30] / light[0] > 3 && dark[30] / dark[0] > 2.5)
  }

  /// Cutting the middle of these names leaves equal ends.
  @Test func namesThatAreShortenedStayDifferentAndFit() {
    func check(_ names: [String], limit: Double) -> [String] {
      let fitted = RunLabels.fitted(names, size: 12, limit: limit)
      #expect(Set(fitted).count == Set(names).count, "\(fitted)")
      for name in fitted { #expect(TextWidth.estimate(name, size: 12) <= limit, "\(name)") }
      return fitted
    }
    let middles = ["clicks", "views", "buys"].map { "user_history_of_\($0)_in_the_last_week" }
    #expect(Set(middles.map { TextWidth.fitted($0, size: 12, limit: 90) }).count == 1)
    #expect(check(middles, limit: 90) == ["clicks", "views", "buys"])
    let joined = ["clicks", "views", "buys"].map { "userhistoryof\($0)inthelastweek" }
    #expect(check(joined, limit: 80) == ["use…click…", "use…view…", "use…buy…"])
    let fields = (0..<100).map { "a_field_with_a_very_long_name_\($0)xyz_and_a_long_end_of_it" }
    #expect(check(fields, limit: 60)[42] == "42xyz")
    let rates = ["1.0e-4", "1.0e-3", "3.0e-3"].flatMap { rate in
      [0, 1].map { "fm learning_rate=\(rate) embedding_regularizer=\($0)" }
    }
    #expect(check(rates, limit: 215)[1] == "1.0e-4 embedding_regularizer=1")
    let random = (0..<120).map { index in
      "prefix" + String(repeating: "xy", count: 30 + index % 3) + "\(index)"
        + String(repeating: "z", count: 40)
    }
    _ = check(random, limit: 70)
    #expect(RunLabels.fitted(["a", "a", "b"], size: 12, limit: 50) == ["a", "a", "b"])
  }

  /// The part behind a point or the sign of an exponent is no word of its own.
  @Test func labelsKeepNumbersWhole() {
    #expect(
      RunLabels.labels(["fm-lr=1.0e-4-x", "fm-lr=1.0e-3-x", "fm-lr=1.0e-2-x"])
        == ["1.0e-4", "1.0e-3", "1.0e-2"])
    #expect(RunLabels.labels(["d-0.1", "d-0.2", "d-0.3"]) == ["0.1", "0.2", "0.3"])
    #expect(RunLabels.labels(["fm-2021", "fm-2022", "fm-2023"]) == ["2021", "2022", "2023"])
  }

  @Test func titlesOnACanvasAreMeasuredInTheirOwnWeight() throws {
    let canvas = try Canvas(width: 100, height: 100)
    let title = String(repeating: "generative_MOMENTS", count: 5)
    let fitted = canvas.fitted(title, size: 32, limit: 400, bold: true)
    #expect(fitted.contains("…") && canvas.textWidth(fitted, size: 32, bold: true) <= 400)
    // A bold title that is as wide as its regular letters would run over the limit.
    let regular = canvas.fitted(title, size: 32, limit: 400)
    #expect(canvas.textWidth(regular, size: 32, bold: true) > 400)
  }

  /// The share of a square's ink that is lines between fields, at any number of them.
  @Test(arguments: [2, 24, 39, 100, 300])
  func linesBetweenFieldsDoNotHideThem(fields: Int) {
    for side in [780.0, 900, 1200] {
      let cell = side / Double(fields)
      let darkening = 2 * HeatMap.gridOpacity(cell: cell) / cell
      #expect(darkening <= 0.02, "\(fields) fields on \(side) pixels")
    }
  }

  @Test func aPageOfFiveRunsListsItsContents() {
    func page(runs: Int) -> String {
      var page = HTMLPage(title: "T", lead: "L", runs: runs)
      page.heading("First")
      page.heading("Second & last")
      return page.text
    }
    #expect(!page(runs: 4).contains("<nav"))
    let many = page(runs: 5)
    #expect(many.contains("<li><a href=\"#section-2\">Second &amp; last</a></li>"))
    #expect(many.contains("<h2 id=\"section-2\">Second &amp; last</h2>"))
  }

  private func contrast(_ first: String, _ second: String) -> Double {
    let luminances = [first, second].map { colour in
      zip([1, 3, 5], [0.2126, 0.7152, 0.0722]).reduce(0.0) { sum, part in
        let digits = colour.dropFirst(part.0).prefix(2)
        let value = Double(Int(digits, radix: 16) ?? 0) / 255
        return sum + part.1 * (value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4))
      }
    }.sorted()
    return (luminances[1] + 0.05) / (luminances[0] + 0.05)
  }
}
