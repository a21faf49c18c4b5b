import Platform

/// Rows of similar predictions: their mean prediction and their click rate.
///
/// Rows in ascending order of their predictions are divided into 20 bins of equally many rows. Rows
/// of the same prediction share a bin, so bins can be larger than that, and then fewer. Rows of
/// weight 0 are in no bin.
public struct ReliabilityBin: Equatable, Sendable {
  /// The number of rows.
  public internal(set) var rows = 0
  /// The number of clicked rows.
  public internal(set) var positives = 0
  /// The smallest predicted probability.
  public let lowest: Double
  /// The largest predicted probability.
  public internal(set) var highest: Double
  /// The sum of the weights: the number of rows where each counts once.
  public internal(set) var weight = 0.0
  /// The sum of the weights of clicked rows.
  var clickWeight = 0.0
  /// The sum of the squared weights.
  var squaredWeight = 0.0
  /// The weighted sum of the predicted probabilities.
  var probabilitySum = 0.0

  /// The number of bins, if ties do not join some of them.
  static let count = 20

  /// The weighted mean of the predicted probabilities.
  public var predicted: Double { probabilitySum / weight }
  /// The weighted share of clicked rows.
  public var observed: Double { clickWeight / weight }

  /// The 95 % interval of the click rate (Wilson, 1927):
  /// `(k + z²/2 ± z·√(k(n − k)/n + z²/4)) / (n + z²)` for `k` clicks in `n` rows.
  ///
  /// Of weighted rows, `n` is the effective number `(Σ w)² / Σ w²` (Kish, 1965), and `k/n` the
  /// weighted share.
  public var interval: (lower: Double, upper: Double) {
    let z = 1.959963984540054
    let (n, k) = (weight * (weight / squaredWeight), clickWeight * (weight / squaredWeight))
    let half = z * (k * (n - k) / n + z * z / 4).squareRoot()
    let (centre, total) = (k + z * z / 2, n + z * z)
    return (max((centre - half) / total, 0), min((centre + half) / total, 1))
  }

  /// Adds rows of one prediction.
  fileprivate mutating func add(
    clicked: (rows: Int, sum: Double, squares: Double),
    others: (rows: Int, sum: Double, squares: Double), probability: Double
  ) {
    rows += clicked.rows + others.rows
    positives += clicked.rows
    weight += clicked.sum + others.sum
    clickWeight += clicked.sum
    squaredWeight += clicked.squares + others.squares
    probabilitySum += (clicked.sum + others.sum) * probability
    highest = probability
  }
}

extension PredictionSummary {
  /// The bins in ascending order of their predictions; none without rows.
  var reliability: [ReliabilityBin] {
    let (clicked, others) = (positives.keys, negatives.keys)
    let (rows, rate) = (clicked.count + others.count, weighting.negativeRate)
    var bins: [ReliabilityBin] = []
    var bin: ReliabilityBin?
    var (positive, negative) = (0, 0)
    while positive < clicked.count || negative < others.count {
      let key = min(
        positive < clicked.count ? clicked[positive] : .max,
        negative < others.count ? others[negative] : .max)
      let (firstPositive, firstNegative) = (positive, negative)
      while positive < clicked.count, clicked[positive] == key { positive += 1 }
      while negative < others.count, others[negative] == key { negative += 1 }
      let probability = Logistic.sigmoid(Double(key.logit) + shift)
      var open = bin ?? ReliabilityBin(lowest: probability, highest: probability)
      let own = positives.weight(of: firstPositive..<positive)
      let sampled = negatives.weight(of: firstNegative..<negative)
      open.add(
        clicked: (positive - firstPositive, own.sum, own.squares),
        others: (
          negative - firstNegative, sampled.sum / rate, sampled.squares / (rate * rate)
        ), probability: probability)
      // A bin ends with the first row at or beyond a multiple of rows / count.
      let (before, after) = (positive + negative - open.rows, positive + negative)
      let isFull =
        after * ReliabilityBin.count / rows > before * ReliabilityBin.count / rows
      if isFull { bins.append(open) }
      bin = isFull ? nil : open
    }
    return bins
  }
}

extension Metric {
  /// The mean distance of predictions and click rates, bin by bin: `Σ W_b/W · |p̄_b − ȳ_b|`.
  ///
  /// The expected calibration error (Naeini, Cooper and Hauskrecht, AAAI 2015) over the bins of
  /// `ReliabilityBin`, each weighted by the sum `W_b` of its rows' weights; undefined without
  /// weight.
  static let calibrationError = Metric(
    name: "expected_calibration_error", title: "ECE", decimals: 6, isTracked: false,
    key: "expectedCalibrationError"
  ) { rows in
    guard rows.weight > 0 else { return nil }
    return rows.reliability.reduce(0) { sum, bin in
      sum + abs(bin.probabilitySum - bin.clickWeight)
    } / rows.weight
  }
}
