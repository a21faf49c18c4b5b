import Platform

/// The loss and the probability of one logit, in double, from one exponential that cannot overflow.
struct Logloss {
  /// `−log σ(z)` for a click, `−log(1 − σ(z))` for none: `max(z, 0) − y·z + log(1 + e^−|z|)`.
  let loss: Double
  /// The predicted probability `σ(z) = 1/(1 + e^−z)`.
  let probability: Double

  /// Judges a finite logit.
  @inline(__always)
  init(logit: Double, clicked: Bool) {
    let logistic = Logistic(logit)
    loss = logistic.loss(clicked: clicked)
    probability = logistic.probability
  }
}
