import TestSupport
import Testing

@testable import Analysis

@Suite struct CalibrationPageTests {
  /// Bins of 100 rows, whose click rates are `factor` times their predictions.
  private func curve(
    _ label: String, _ predictions: [Double], factor: Double = 1
  ) -> ReliabilityCurve {
    ReliabilityCurve(
      label: label,
      bins: predictions.map { predicted in
        let observed = predicted * factor
        return ReliabilityCurve.Bin(
          rows: 100, range: predicted * 0.9...predicted * 1.1, predicted: predicted,
          observed: observed, lower: observed * 0.8, upper: observed * 1.2)
      }, metrics: [("AUC", 0.75), ("ECE", nil)])
  }

  @Test func theErrorIsTheMeanDistanceAndCalibratedBinsHaveSomeByChance() {
    expectClose(curve("a", [0.2, 0.4], factor: 0.5).error, 0.15, .exact)
    expectClose(curve("a", [0.2, 0.4]).error, 0, .exact)
    // √(2/π)·√(p(1 − p)/n) is the mean of |k/n − p| for many rows: 0.03192 and 0.03909.
    expectClose(
      curve("a", [0.2, 0.4]).chanceError, (0.03191538243211462 + 0.039088200952233594) / 2,
      Tolerance(absolute: 1e-12, relative: 0))
  }

  @Test func rareClicksAreDrawnOnALogarithmicScale() {
    let common = ReliabilityChart([curve("a", [0.1, 0.2, 0.3, 0.5])], paradigm: .generative).svg
    let rare = ReliabilityChart(
      [curve("a", [0.001, 0.002, 0.004, 0.2])], paradigm: .generative
    ).svg
    func ticks(_ svg: String) -> [String] {
      svg.matches(of: /text-anchor="middle">([0-9.]+)</).map { String($0.1) }
    }
    #expect(ticks(common) == ["0.0", "0.2", "0.4", "0.6"])
    #expect(ticks(rare) == ["0.001", "0.01", "0.1"])
  }

  @Test(arguments: [1, 2])
  func theLastCurveIsFilledAndEveryBinHasItsInterval(count: Int) {
    let curves = (0..<count).map { curve("curve \($0)", [0.1, 0.2, 0.3]) }
    let svg = ReliabilityChart(curves, paradigm: .discriminative).svg
    #expect(svg.matches(of: /<circle class="mark full c0"/).count == 4)
    #expect(svg.matches(of: /<circle class="mark hollow key"/).count == 4 * (count - 1))
    #expect(svg.matches(of: /<line class="mark\s/).count == 3 * count)
  }

  @Test func thePageNamesRowsErrorsAndUndefinedMetrics() {
    let curves = [
      curve("Model's own predictions", [0.2, 0.4], factor: 0.5),
      curve("Recalibrated predictions (platt)", [0.1, 0.2]),
    ]
    let page = CalibrationPage(.example(), split: "test", curves: curves).text
    #expect(page.contains("<h1>Calibration of fm_gen</h1>"))
    #expect(page.contains("observed ones on 200 rows of test."))
    #expect(
      page.contains(
        "<li>Model's own predictions: the expected calibration error is 0.15000; by chance calibrated "
          + "predictions would have about 0.03550 on as many rows.</li>"))
    #expect(page.contains("<td>0.750000</td><td>–</td>") && !page.contains("<script"))
  }
}
