import Glibc
import Platform

/// Probabilities `σ(slope · logit + intercept)` (Platt, 1999).
struct PlattScaling: Equatable, Sendable {
  let slope: Double
  let intercept: Double

  init(slope: Double, intercept: Double) {
    self.slope = slope
    self.intercept = intercept
  }

  /// Minimises the cross-entropy with Platt's targets, `(P + 1)/(P + 2)` for a click and
  /// `1/(N + 2)` otherwise, for weights that sum to `P` of clicks and to `N` of other rows.
  ///
  /// Newton's method with backtracking (Lin, Lin and Weng, Machine Learning 2007). The targets keep
  /// the slope finite where logits separate the classes.
  init(_ cells: [LogitCounts.Cell]) {
    let positives = cells.reduce(0) { $0 + $1.clickWeight }
    let negatives = cells.reduce(0) { $0 + $1.weight } - positives
    let (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2))
    let points = cells.map { cell in
      Point(
        logit: cell.logit, weight: cell.weight,
        target: cell.clickWeight * high + (cell.weight - cell.clickWeight) * low)
    }
    var line = (slope: 0.0, intercept: log((positives + 1) / (negatives + 1)))
    for _ in 0..<100 {
      let step = NewtonStep(points, line)
      guard step.gradient > 1e-10 * (positives + negatives) else { break }
      guard let next = step.backtracked(points, from: line) else { break }
      line = next
    }
    (slope, intercept) = line
  }

  /// The calibrated logit.
  @inline(__always)
  func logit(_ logit: Double) -> Double { slope * logit + intercept }

  /// Rows of one logit, and the sum of their targets.
  private struct Point {
    let logit: Double
    let weight: Double
    let target: Double
  }

  /// The cross-entropy of a line.
  private static func loss(_ points: [Point], _ line: (slope: Double, intercept: Double)) -> Double
  {
    points.reduce(0) { sum, point in
      let z = line.slope * point.logit + line.intercept
      return sum + point.weight * Logistic(z).loss(clicked: false) - point.target * z
    }
  }

  /// The direction in which a line is improved.
  private struct NewtonStep {
    /// The largest component of the gradient.
    let gradient: Double
    private let direction: (slope: Double, intercept: Double)
    /// The derivative of the loss along the direction.
    private let descent: Double

    init(_ points: [Point], _ line: (slope: Double, intercept: Double)) {
      // A ridge as in Lin et al., for logits that are all equal.
      var (hss, hsi, hii) = (1e-12, 0.0, 1e-12)
      var (gs, gi) = (0.0, 0.0)
      for point in points {
        let p = Logistic.sigmoid(line.slope * point.logit + line.intercept)
        let error = point.weight * p - point.target
        let curvature = point.weight * p * (1 - p)
        gs += error * point.logit
        gi += error
        hss += curvature * point.logit * point.logit
        hsi += curvature * point.logit
        hii += curvature
      }
      let determinant = hss * hii - hsi * hsi
      direction = ((hsi * gi - hii * gs) / determinant, (hsi * gs - hss * gi) / determinant)
      descent = gs * direction.slope + gi * direction.intercept
      gradient = max(abs(gs), abs(gi))
    }

    /// The line after the longest step, halved until the loss falls; nil if rounding hides that.
    func backtracked(
      _ points: [Point], from line: (slope: Double, intercept: Double)
    ) -> (slope: Double, intercept: Double)? {
      let loss = PlattScaling.loss(points, line)
      var length = 1.0
      while length >= 1e-10 {
        let next = (
          slope: line.slope + length * direction.slope,
          intercept: line.intercept + length * direction.intercept
        )
        if PlattScaling.loss(points, next) < loss + 1e-4 * length * descent { return next }
        length /= 2
      }
      return nil
    }
  }
}
