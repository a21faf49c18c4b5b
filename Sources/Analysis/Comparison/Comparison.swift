/// Several runs evaluated on the same held-out rows, with tests of their differences.
public struct Comparison: Sendable {
  /// A number with its 95 % confidence interval.
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

  /// The metrics of one run.
  public struct Judged: Sendable {
    /// The run.
    public var run: RunDescription
    /// The area under the ROC curve; nil if a class is missing.
    public let auc: Estimate?
    /// The mean loss per row.
    public let logloss: Estimate
  }

  /// A difference with a test of the hypothesis that it is zero.
  public struct Difference: Equatable, Sendable {
    /// The second run's number minus the first one's.
    public let estimate: Estimate
    /// The difference over its standard error; 0 for a difference of 0.
    public let statistic: Double
    /// The probability under the hypothesis of a statistic at least as far from zero.
    public let pValue: Double
    /// The same, corrected by Holm's method for all pairs of the comparison.
    public internal(set) var correctedPValue: Double
  }

  /// The differences between two runs.
  public struct Pair: Sendable {
    /// The index of the first run.
    public let first: Int
    /// The index of the second run.
    public let second: Int
    /// DeLong's test; nil if a class is missing.
    public internal(set) var auc: Difference?
    /// The paired t-test of the losses of each row.
    public internal(set) var logloss: Difference
  }

  /// The number of rows.
  public let rows: Int
  /// The number of clicked rows.
  public let positives: Int
  /// The runs.
  public private(set) var runs: [Judged]
  /// The pairs of runs that are compared.
  public let pairs: [Pair]

  /// Compares runs by their predictions for the same rows: the given pairs, or all.
  ///
  /// Intervals: `AUC ± 1.96·√S` with DeLong's variance `S`; `Logloss ± t·s/√n` with the unbiased
  /// standard deviation `s` of the losses and Student's 97.5 % point `t`. Throws
  /// `ComparisonFailure`.
  public init(
    _ scores: [HeldOutScores], pairs given: [(first: Int, second: Int)]? = nil
  ) throws {
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
    let bound = Significance.studentBound(degrees: Double(first.clicked.count - 1))
    runs = scores.indices.map { index in
      let mean = PairedMean(losses[index])
      return Judged(
        run: scores[index].run,
        auc: delong.map {
          Estimate(
            $0.areas[index],
            within: Significance.normalBound * $0.covariance[index][index].squareRoot())
        },
        logloss: Estimate(mean.value, within: bound * mean.standardError))
    }
    let all = scores.indices.flatMap { i in
      scores.indices.dropFirst(i + 1).map { (first: i, second: $0) }
    }
    pairs = Self.corrected(
      (given ?? all).map { i, j in
        Pair(
          first: i, second: j, auc: delong.map { Self.difference($0, i, j) },
          logloss: Self.difference(losses[i], losses[j], bound: bound))
      })
  }

  /// The pairs with their p-values corrected, those of AUC and of Logloss on their own.
  private static func corrected(_ pairs: [Pair]) -> [Pair] {
    let auc = Holm.adjusted(pairs.map { $0.auc?.pValue })
    let logloss = Holm.adjusted(pairs.map(\.logloss.pValue))
    return pairs.enumerated().map { index, pair in
      var pair = pair
      if let corrected = auc[index] { pair.auc?.correctedPValue = corrected }
      pair.logloss.correctedPValue = logloss[index]
      return pair
    }
  }

  /// The comparison with a number appended to repeated names of runs.
  public func labelled() -> Comparison {
    var result = self
    result.runs = ReportFolder("", runs: runs.map(\.run.name)).labelled(runs, \.run.name)
    return result
  }

  private static func difference(_ delong: DeLong, _ i: Int, _ j: Int) -> Difference {
    let value = delong.areas[j] - delong.areas[i]
    let error = delong.variance(ofDifference: i, j).squareRoot()
    let statistic = ratio(value, error)
    let pValue = Significance.normal(statistic)
    return Difference(
      estimate: Estimate(value, within: Significance.normalBound * error), statistic: statistic,
      pValue: pValue, correctedPValue: pValue)
  }

  private static func difference(_ first: [Double], _ second: [Double], bound: Double)
    -> Difference
  {
    let mean = PairedMean(zip(second, first).map(-))
    let statistic = ratio(mean.value, mean.standardError)
    let pValue = Significance.student(statistic, degrees: Double(first.count - 1))
    return Difference(
      estimate: Estimate(mean.value, within: bound * mean.standardError), statistic: statistic,
      pValue: pValue, correctedPValue: pValue)
  }

  /// 0/0 is 0: equal predictions have neither a difference nor an error.
  private static func ratio(_ value: Double, _ error: Double) -> Double {
    value == 0 ? 0 : value / error
  }
}

/// The mean of numbers with its standard error `s/√n`; `s` is the unbiased standard deviation.
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
