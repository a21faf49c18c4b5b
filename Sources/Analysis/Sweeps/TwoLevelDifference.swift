/// The mean difference between two models over seeds, with an interval over seeds and rows.
///
/// Of S pairs of runs that share a seed, `Δ_s` is the difference of a metric on the same rows, and
/// `R` the S × S covariance of the differences between samples of rows. The variance of the mean
/// `Δ̄` over both is `wᵀRw + max(0, s² − R_e)/S` with `w = 1/S`, where `s²` is the unbiased
/// variance of the `Δ_s` and `R_e`, the mean of R's diagonal minus the mean of the rest, is the
/// part of `s²` that comes from rows. Derivation: "Seeds and rows" in
/// Documentation/explanation/derivations.md.
public struct TwoLevelDifference: Equatable, Sendable {
  /// `Δ̄`, with its 95 % interval.
  public let estimate: Comparison.Estimate
  /// The standard error that comes from rows: `√(wᵀRw)`.
  public let rowError: Double
  /// The standard error that comes from seeds; nil for a single seed.
  public let seedError: Double?
  /// The probability of a difference at least as large if there were none.
  public let pValue: Double
  /// The number of seeds.
  public let seeds: Int
  /// Degrees of freedom of Student's distribution; infinite for a single seed, whose interval is
  /// over rows alone.
  public let degrees: Double

  /// Combines the differences of seeds with their covariance between samples of rows.
  init(_ differences: [Double], rowCovariance: [[Double]]) {
    precondition(
      !differences.isEmpty && rowCovariance.count == differences.count,
      "TwoLevelDifference: \(differences.count) differences, \(rowCovariance.count) covariances")
    let count = Double(differences.count)
    seeds = differences.count
    let mean = differences.reduce(0, +) / count
    let total = rowCovariance.reduce(0) { $0 + $1.reduce(0, +) }
    let rows = max(total, 0) / (count * count)
    rowError = rows.squareRoot()
    guard differences.count > 1 else {
      (seedError, degrees) = (nil, .infinity)
      (estimate, pValue) = Self.test(mean, variance: rows, degrees: .infinity)
      return
    }
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let between = squares / (count - 1)
    let diagonal = rowCovariance.indices.reduce(0) { $0 + rowCovariance[$1][$1] }
    let ofRows = diagonal / count - (total - diagonal) / (count * (count - 1))
    let ofSeeds = max(between - ofRows, 0) / count
    seedError = ofSeeds.squareRoot()
    let variance = rows + ofSeeds
    // Satterthwaite (1946): only the variance between seeds is estimated from few numbers. That it
    // comes out smaller than what rows alone explain is luck, and no reason to trust it more.
    let share = min(max(between, ofRows) / count, variance)
    degrees = share > 0 ? (count - 1) * variance * variance / (share * share) : .infinity
    (estimate, pValue) = Self.test(mean, variance: variance, degrees: degrees)
  }

  private static func test(
    _ mean: Double, variance: Double, degrees: Double
  ) -> (Comparison.Estimate, Double) {
    let error = variance.squareRoot()
    let statistic = mean == 0 ? 0 : mean / error
    // Beyond a million degrees, Student's distribution is the normal one to six digits.
    guard degrees < 1e6 else {
      return (
        Comparison.Estimate(mean, within: Significance.normalBound * error),
        Significance.normal(statistic)
      )
    }
    return (
      Comparison.Estimate(mean, within: Significance.studentBound(degrees: degrees) * error),
      Significance.student(statistic, degrees: degrees)
    )
  }
}

/// The differences between two models, each trained with the same seeds.
public struct SeedPairs: Sendable {
  /// Of the AUC; nil if a class is missing.
  public let auc: TwoLevelDifference?
  /// Of the Logloss.
  public let logloss: TwoLevelDifference
  /// The number of rows.
  public let rows: Int

  /// Compares the predictions of pairs of runs; throws `ComparisonFailure` unless all are of the
  /// same rows.
  ///
  /// The covariance between samples of rows is DeLong's for AUC, and that of the rows' losses over
  /// their number for Logloss.
  public init(_ pairs: [(baseline: HeldOutScores, other: HeldOutScores)]) throws {
    precondition(!pairs.isEmpty, "SeedPairs: no pairs")
    let first = pairs[0].baseline
    for scores in pairs.flatMap({ [$0.baseline, $0.other] }) { try first.check(scores) }
    guard first.clicked.count >= 2 else {
      throw ComparisonFailure.tooFewRows(found: first.clicked.count)
    }
    rows = first.clicked.count
    let scores = pairs.flatMap { [$0.baseline.logits, $0.other.logits] }
    auc = DeLong(scores: scores, clicked: first.clicked).map { delong in
      let covariance = delong.covariance
      return TwoLevelDifference(
        pairs.indices.map { delong.areas[2 * $0 + 1] - delong.areas[2 * $0] },
        rowCovariance: pairs.indices.map { s in
          pairs.indices.map { t in
            let (i, j, k, l) = (2 * s + 1, 2 * s, 2 * t + 1, 2 * t)
            return covariance[i][k] - covariance[i][l] - covariance[j][k] + covariance[j][l]
          }
        })
    }
    logloss = Self.logloss(pairs.map { zip($0.other.losses, $0.baseline.losses).map(-) })
  }

  private static func logloss(_ differences: [[Double]]) -> TwoLevelDifference {
    let count = Double(differences[0].count)
    let means = differences.map { $0.reduce(0, +) / count }
    let covariance = differences.indices.map { s in
      differences.indices.map { t in
        zip(differences[s], differences[t]).reduce(0) {
          $0 + ($1.0 - means[s]) * ($1.1 - means[t])
        } / (count - 1) / count
      }
    }
    return TwoLevelDifference(means, rowCovariance: covariance)
  }
}
