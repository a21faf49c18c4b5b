import Glibc

extension Metric {
  /// The mean predicted over the mean observed click rate, `Σ w·p / Σ w·y`; undefined without a
  /// click.
  public static let calibration = Metric(
    name: "calibration", title: "calibration", decimals: 4, isTracked: false, key: "calibration"
  ) { rows in
    rows.positives.isEmpty ? nil : rows.probabilitySum / rows.clickWeight
  }

  /// Logloss over the entropy of the click rate, `Σ w·y / Σ w` (He et al., ADKDD 2014).
  ///
  /// Undefined unless both classes have rows.
  static let normalizedEntropy = Metric(
    name: "normalized_entropy", title: "normalised entropy", decimals: 6, isTracked: false,
    key: "normalizedEntropy"
  ) { rows in
    guard !rows.positives.isEmpty, !rows.negatives.isEmpty else { return nil }
    let rate = rows.clickWeight / rows.weight
    let entropy = -(rate * log(rate) + (1 - rate) * log1p(-rate))
    return rows.lossSum / rows.weight / entropy
  }
}
