import Platform

extension Metric {
  /// The mean of `−y·log p − (1 − y)·log(1 − p)`, `Σ w·l / Σ w`; undefined without weight.
  public static let logloss = Metric(
    name: "logloss", title: "Logloss", decimals: 6, isTracked: true, key: "logloss"
  ) { rows in
    rows.weight > 0 ? rows.lossSum / rows.weight : nil
  }
}

/// The loss and the probability of one logit, in double, from one exponential that cannot overflow.
struct LogitScore {
  /// `−log σ(z)` with a click, `−log(1 − σ(z))` without: `max(z, 0) − y·z + log(1 + e^−|z|)`.
  let loss: Double
  /// The predicted probability `σ(z) = 1/(1 + e^−z)`.
  let probability: Double

  /// Scores a finite logit.
  @inline(__always)
  init(logit: Double, clicked: Bool) {
    let logistic = Logistic(logit)
    loss = logistic.loss(clicked: clicked)
    probability = logistic.probability
  }
}
