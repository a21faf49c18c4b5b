/// Several runs judged on the same held-out rows, and whether their differences are real.
public struct Comparison: Sendable {
  /// A number, what 95 % of repetitions on other rows would lie between.
  public struct Estimate: Equatable, Sendable {
    /// The number.
    public let value: Double
    /// The lower end of the interval.
    public let lower: Double
    /// The upper end.
    public let upper: Double

    init(_ value: Double, within half: Double) {
      self.value = value
      lower = value - half
      upper = value + half
    }
  }

  /// One run.
  public struct Judged: Sendable {
    /// The run.
    public var run: RunDescription
    /// The area under the ROC curve; nil where a class is missing.
    public let auc: Estimate?
    /// The mean loss of a row.
    public let logloss: Estimate
  }

  /// A difference, and how likely one so far from zero is where there is none.
  public struct Difference: Equatable, Sendable {
    /// The second run's number less the first one's.
    public let estimate: Estimate
    /// The difference over its standard error; 0 where the predictions do not differ.
    public let statistic: Double
    /// The probability of a statistic as far from zero by chance.
    public let chance: Double
  }

  /// Two runs.
  public struct Pair: Sendable {
    /// The place of the first run.
    public let first: Int
    /// The place of the second one.
    public let second: Int
    /// DeLong's test; nil where a class is missing.
    public let auc: Difference?
    /// The paired t-test of the rows' losses.
    public let logloss: Difference
  }

  /// Rows judged.
  public let rows: Int
  /// Rows that were clicked.
  public let positives: Int
  /// Each run.
  public private(set) var runs: [Judged]
  /// Every pair of them.
  public let pairs: [Pair]

  /// Compares runs that predicted the same rows.
  ///
  /// Intervals: `AUC ± 1.96·√S`, `S` DeLong's variance; `Logloss ± t·s/√n`, `s` the rows' unbiased deviation, `t` Student's
  /// 97.5 % point. Throws `ComparisonFailure`.
  public init(_ scores: [HeldOutScores]) throws {
    precondition(!scores.isEmpty, "Comparison: no runs")
    let first = scores[0]
    for other in scores.dropFirst() { try first.check(other) }
    guard first.clicked.count >= 2 else {
      throw ComparisonFailure.tooFewRows(found: first.clicked.count)
    }
    rows = first.clicked.count
    positives = first.clicked.count(where: \.self)
    let delong = DeLong(scores: scores.map(\.logits), clicked: first.clicked)
    let losses = scores.map(\.losses)
    let bound = Chance.studentBound(degrees: Double(first.clicked.count - 1))
    runs = scores.indices.map { index in
      let mean = PairedMean(losses[index])
      return Judged(
        run: scores[index].run,
        auc: delong.map {
          Estimate(
            $0.areas[index],
            within: Chance.normalBound * $0.covariance[index][index].squareRoot())
        },
        logloss: Estimate(mean.value, within: bound * mean.standardError))
    }
    pairs = scores.indices.flatMap { i in
      scores.indices.dropFirst(i + 1).map { j in
        Pair(
          first: i, second: j, auc: delong.map { Self.difference($0, i, j) },
          logloss: Self.difference(losses[i], losses[j], bound: bound))
      }
    }
  }

  /// The same with runs of one name told apart by a number.
  public func labelled() -> Comparison {
    var result = self
    result.runs = ReportFolder("", runs: runs.map(\.run.name)).labelled(runs, \.run.name)
    return result
  }

  private static func difference(_ delong: DeLong, _ i: Int, _ j: Int) -> Difference {
    let value = delong.areas[j] - delong.areas[i]
    let error = delong.variance(ofDifference: i, j).squareRoot()
    let statistic = ratio(value, error)
    return Difference(
      estimate: Estimate(value, within: Chance.normalBound * error), statistic: statistic,
      chance: Chance.normal(statistic))
  }

  private static func difference(_ first: [Double], _ second: [Double], bound: Double)
    -> Difference
  {
    let mean = PairedMean(zip(second, first).map(-))
    let statistic = ratio(mean.value, mean.standardError)
    return Difference(
      estimate: Estimate(mean.value, within: bound * mean.standardError), statistic: statistic,
      chance: Chance.student(statistic, degrees: Double(first.count - 1)))
  }

  /// Equal predictions differ by nothing, with no error.
  private static func ratio(_ value: Double, _ error: Double) -> Double {
    value == 0 ? 0 : value / error
  }
}

/// The mean of numbers and its standard error `s/√n`, `s` the unbiased deviation.
private struct PairedMean {
  let value: Double
  let standardError: Double

  init(_ numbers: [Double]) {
    let count = Double(numbers.count)
    let mean = numbers.reduce(0, +) / count
    let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    value = mean
    standardError = (squares / (count - 1) / count).squareRoot()
  }
}
