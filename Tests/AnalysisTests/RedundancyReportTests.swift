import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Analysis

@Suite struct RedundancyReportTests {
  private func result(_ name: String, fields: Int = 3, dimension: Int = 2) -> RedundancyResult {
    let size = fields * dimension
    var matrix = DoubleMatrix(rows: size, columns: size)
    for index in 0..<size { matrix[index, index] = 1 }
    // Field 2 on the left is correlated with field 0 on the right.
    if fields > 2 { matrix[2 * dimension, 0] = -0.8 }
    let measured = RedundancyMatrix(matrix, left: 0..<fields, right: 0..<fields)
    return RedundancyResult(
      run: .example(name), rows: 100, fields: (0..<fields).map { "C\($0)" },
      operands: OperandNames(left: "left", right: "right"), between: measured, withinLeft: measured,
      withinRight: measured,
      constantLeft: 0, constantRight: 2)
  }

  private func size(ofPNG data: Data) -> [Int] {
    [16, 20].map { start in data[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
  }

  @Test func filesAreWrittenAndTheHeatMapIsAPNGOfTheLayoutsSize() throws {
    try withFolder { folder in
      let results = [result("a"), result("b")]
      try RedundancyReport(results).write(to: ReportFolder(folder, runs: ["a", "b"]))
      #expect(
        Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == [
          "correlation-a.npy", "correlation-b.npy", "correlation-within_left-a.npy",
          "correlation-within_left-b.npy", "correlation-within_right-a.npy",
          "correlation-within_right-b.npy", "fields.csv", "measures.csv", "summary.json",
          "heatmap.png", "fields.svg", "report.html",
        ])
      let picture = try Data(contentsOf: URL(fileURLWithPath: folder + "/heatmap.png"))
      #expect(Array(picture[0..<8]) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
      let layout = HeatMapLayout(RedundancyFigures.panels(of: results))
      #expect(size(ofPNG: picture) == [layout.width, layout.height])
      #expect(layout.frames.allSatisfy { $0.side % 6 == 0 && abs($0.side - 1200) < 6 })
      let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
      #expect(page.contains("data:image/png;base64,\(picture.base64EncodedString())"))
      #expect(!page.contains("<script") && !page.contains("src=\"http"))
    }
  }

  @Test func aMatrixLargerThanItsPanelIsDrawnAtThePanelsSize() throws {
    let wide = result("wide", fields: 700, dimension: 2)
    let panels = RedundancyFigures.panels(of: [wide])
    #expect(HeatMapLayout(panels).frames[0].side == 1200)
    #expect(try HeatMap(panels).png().count > 1000)
  }

  @Test func theMostRedundantPairIsNamedByItsStrongerDirection() {
    let pairs = result("a").between.mostRedundantPairs(10)
    #expect(pairs.count == 3)
    #expect(pairs[0] == .init(left: 2, right: 0, meanMagnitude: 0.2))
    #expect(pairs[1].left == 0 && pairs[1].right == 1)
  }

  @Test func measuresCountPairsOfDifferentDimensions() throws {
    let measured = result("a").between
    expectClose(try #require(measured.meanOffDiagonal), 0.8 / 30, .exact)
    expectClose(try #require(measured.meanOffOwnField), 0.8 / 24, .exact)
    #expect(measured.meanOwnField == 0)
    #expect(measured.shareAboveHalf == 1.0 / 30 && measured.shareAboveTenth == 1.0 / 30)
    expectClose(measured.barlowTwinsSum, 0.64, .exact)
    expectClose(measured.frobeniusNorm, 6.64.squareRoot(), .exact)
    let single = result("b", fields: 1, dimension: 1).between
    #expect(single.meanOffDiagonal == nil && single.shareAboveTenth == nil)
  }

  /// A unit that is never active is no sign of little redundancy: it has no correlation.
  @Test func constantDimensionsAreLeftOutOfTheMeans() throws {
    var matrix = DoubleMatrix(rows: 6, columns: 6)
    for row in 0..<6 where row != 1 {
      for column in 0..<6 where column != 4 && column != 5 { matrix[row, column] = 0.3 }
    }
    let found = RedundancyMatrix(
      matrix, left: 0..<3, right: 0..<3, constantRows: [1], constantColumns: [4, 5])
    expectClose(try #require(found.meanOwnField), 0.3, .rounding)
    expectClose(try #require(found.meanOffOwnField), 0.3, .rounding)
    expectClose(try #require(found.meanOffDiagonal), 0.3, .rounding)
    expectClose(try #require(found.shareAboveTenth), 1, .rounding)
    // Of 30 pairs of different dimensions, 5 have row 1, 10 column 4 or 5, and 2 both.
    #expect(found.leftOutPairs == 13)
    #expect(found.mean(0, 2) == nil && found.mean(2, 2) == nil)
    expectClose(try #require(found.mean(0, 1)), 0.3, .rounding)
    // Equal means, in any order.
    let pairs = found.mostRedundantPairs(9).map { [$0.left, $0.right] }
    #expect(Set(pairs) == [[0, 1], [2, 0], [2, 1]] && pairs.count == 3)
  }

  @Test func theReportSaysHowManyDimensionsAreLeftOut() throws {
    let report = try RedundancyReport([result("a")])
    let note =
      "a: dimensions with one value in all rows have no correlation and are left out of the means and "
      + "shares: 2 of right"
    #expect(report.notes == [note])
    var page = HTMLPage(title: "", lead: "")
    report.add(to: &page)
    #expect(page.text.contains(note.dropFirst()) && report.overview.header.last == "left out")
    #expect(report.summary.pretty.contains("\"pairs_left_out\": 0"))
  }

  /// A row per run with one column per matrix; runs with one operand only are side by side.
  @Test func theHeatMapShowsTheOperandsOfEachRunInARow() {
    var two = result("b")
    var matrix = two.between.correlation
    matrix[0, 3] = 0.5
    two = RedundancyResult(
      run: two.run, rows: 100, fields: two.fields, operands: two.operands, between: two.between,
      withinLeft: two.withinLeft, withinRight: RedundancyMatrix(matrix, left: 0..<3, right: 0..<3),
      constantLeft: 0, constantRight: 0)
    #expect(result("a").hasOneOperand && !two.hasOneOperand)
    let panels = RedundancyFigures.panels(of: [result("a"), two])
    #expect(panels.map(\.count) == [3, 3])
    #expect(panels[1].map(\.leftTitle) == ["left", "left", "right"])
    #expect(panels[1].map(\.rightTitle) == ["right", "left", "right"])
    #expect(RedundancyFigures.panels(of: [result("a"), result("c")]).map(\.count) == [2])
  }

  /// A field that is on one side only has no block of its own, and pairs in one direction.
  @Test func operandsMayHaveDifferentFields() throws {
    var matrix = DoubleMatrix(rows: 6, columns: 4)
    for row in 2..<6 { matrix[row, row - 2] = 1 }
    matrix[2, 1] = 0.4
    matrix[0, 3] = -0.6
    let measured = RedundancyMatrix(matrix, left: 0..<3, right: 1..<3)
    expectClose(try #require(measured.meanOwnField), 0.4 / 4, .exact)
    expectClose(try #require(measured.meanOffOwnField), 0.6 / 16, .exact)
    expectClose(try #require(measured.meanOffDiagonal), 1.0 / 20, .exact)
    expectClose(measured.barlowTwinsSum, 0.52, .exact)
    #expect(measured.fieldMeans.rows == 3 && measured.fieldMeans.columns == 2)
    let pairs = measured.mostRedundantPairs(10)
    #expect(pairs.map { [$0.left, $0.right] } == [[0, 2], [0, 1], [1, 2]])
    #expect(pairs[0].meanMagnitude == 0.15)
  }

  @Test func theFieldTableHasOneLinePerPairOfFieldsAndMatrix() throws {
    let table = try RedundancyReport([result("a", fields: 1), result("b", fields: 2)]).fields.text
      .split(separator: "\n")
    #expect(table[0] == "run,matrix,left,right,mean_abs_r")
    #expect(table[1] == "a,between,C0,C0,0.5" && table[3] == "a,within_right,C0,C0,0.5")
    #expect(table.count == 1 + 3 + 12 && table[5] == "b,between,C0,C1,0.0")
  }

  @Test func theScaleIsWhiteAtZeroAndEquallyDarkOnBothSides() {
    #expect(ColourScale.pixel(of: 0) == 0xffff_ffff)
    let red = ColourScale.colour(of: 1)
    let blue = ColourScale.colour(of: -1)
    #expect(red.red > 0.5 && red.blue < 0.2 && blue.blue > 0.5 && blue.red < 0.2)
    #expect(ColourScale.colour(of: 7) == red && ColourScale.colour(of: -7) == blue)
    func luminance(_ value: Double) -> Double {
      let colour = ColourScale.colour(of: value)
      func linear(_ part: Double) -> Double { pow(part, 2.2) }
      return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green)
        + 0.0722 * linear(colour.blue)
    }
    for sign in [-1.0, 1] {
      let along = (0...20).map { luminance(sign * Double($0) / 20) }
      #expect(zip(along, along.dropFirst()).allSatisfy { $0 > $1 })
    }
  }
}
