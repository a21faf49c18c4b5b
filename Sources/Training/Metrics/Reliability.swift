import Platform

/// Rows of similar predictions: their mean prediction and their click rate.
///
/// Rows in ascending order of their predictions are divided into 20 bins of equally many rows. Rows
/// of the same prediction share a bin, so bins can be larger than that, and then fewer.
public struct ReliabilityBin: Equatable, Sendable {
  /// The number of rows.
  public internal(set) var rows = 0
  /// The number of clicked rows.
  public internal(set) var positives = 0
  /// The smallest predicted probability.
  public let lowest: Double
  /// The largest predicted probability.
  public internal(set) var highest: Double
  /// The sum of the predicted probabilities.
  var probabilitySum = 0.0

  /// The number of bins, if ties do not join some of them.
  static let count = 20

  /// The mean of the predicted probabilities.
  public var predicted: Double { probabilitySum / Double(rows) }
  /// The share of clicked rows.
  public var observed: Double { Double(positives) / Double(rows) }

  /// The 95 % interval of the click rate (Wilson, 1927):
  /// `(k + z²/2 ± z·√(k(n − k)/n + z²/4)) / (n + z²)` for `k` clicks in `n` rows.
  public var interval: (lower: Double, upper: Double) {
    let z = 1.959963984540054
    let (n, k) = (Double(rows), Double(positives))
    let half = z * (k * (n - k) / n + z * z / 4).squareRoot()
    let (centre, total) = (k + z * z / 2, n + z * z)
    return (max((centre - half) / total, 0), min((centre + half) / total, 1))
  }
}

extension PredictionSummary {
  /// The bins in ascending order of their predictions; none without rows.
  var reliability: [ReliabilityBin] {
    var bins: [ReliabilityBin] = []
    var bin: ReliabilityBin?
    var (positive, negative) = (0, 0)
    while positive < positives.count || negative < negatives.count {
      let key = min(
        positive < positives.count ? positives[positive] : .max,
        negative < negatives.count ? negatives[negative] : .max)
      let (firstPositive, firstNegative) = (positive, negative)
      while positive < positives.count, positives[positive] == key { positive += 1 }
      while negative < negatives.count, negatives[negative] == key { negative += 1 }
      let probability = Logistic.sigmoid(Double(key.logit))
      var open = bin ?? ReliabilityBin(lowest: probability, highest: probability)
      let tied = positive - firstPositive + negative - firstNegative
      open.rows += tied
      open.positives += positive - firstPositive
      open.probabilitySum += Double(tied) * probability
      open.highest = probability
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
  /// The mean distance of predictions and click rates, bin by bin: `Σ n_b/n · |p̄_b − ȳ_b|`.
  ///
  /// The expected calibration error (Naeini, Cooper and Hauskrecht, AAAI 2015) over the bins of
  /// `ReliabilityBin`, each weighted by its rows; undefined without rows.
  static let calibrationError = Metric(
    name: "expected_calibration_error", title: "ECE", decimals: 6, isTracked: false,
    key: "expectedCalibrationError"
  ) { rows in
    guard rows.rows > 0 else { return nil }
    return rows.reliability.reduce(0) { sum, bin in
      sum + abs(bin.probabilitySum - Double(bin.positives))
    } / Double(rows.rows)
  }
}
