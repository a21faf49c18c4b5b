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
