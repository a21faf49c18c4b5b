import Foundation
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Training

@Suite struct PlattScalingTests {
  @Test func theLineMinimisesTheCrossEntropyOfPlattsTargets() throws {
    var counts = try CalibrationRows.counts(
      CalibrationRows.reference.logits, CalibrationRows.reference.clicks)
    let line = PlattScaling(counts.sorted())
    // Newton's method of numpy on the rows; sklearn.calibration._SigmoidCalibration, which stops
    // earlier, finds 0.3218552631 and 0.0475375097.
    expectClose(line.slope, 0.32185526093639916, .exact)
    expectClose(line.intercept, 0.04753748661375813, .exact)
  }

  @Test(arguments: [1.0, 0.5, 3])
  func theGradientOverTheRowsIsZero(slope: Double) throws {
    let (logits, clicks) = CalibrationRows.rows(4000, seed: 5, levels: 100_000, slope: slope)
    var counts = try CalibrationRows.counts(logits, clicks)
    let line = PlattScaling(counts.sorted())
    let positives = Double(clicks.count { $0 == 1 })
    let targets = ((positives + 1) / (positives + 2), 1 / (4000 - positives + 2))
    var gradient = (0.0, 0.0)
    for (logit, click) in zip(logits, clicks) {
      let p = 1 / (1 + exp(-(line.slope * Double(logit) + line.intercept)))
      let error = p - (click == 1 ? targets.0 : targets.1)
      gradient = (gradient.0 + error * Double(logit), gradient.1 + error)
    }
    #expect(abs(gradient.0) < 1e-4 && abs(gradient.1) < 1e-4)
    #expect(abs(line.slope - slope) < 0.25 * slope && abs(line.intercept) < 0.3)
  }

  @Test func logitsThatSeparateTheClassesGiveAFiniteSlope() throws {
    var counts = try CalibrationRows.counts([-2, -1, 1, 2], [0, 0, 1, 1])
    let line = PlattScaling(counts.sorted())
    #expect(line.slope > 0.5 && line.slope < 10 && abs(line.intercept) < 1e-9)
  }
}
