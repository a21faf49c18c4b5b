import Models

/// Decides after each evaluation whether it is the best, on the learning rate, and when to stop.
///
/// The paper's rules (section 1.4): an evaluation without a gain of `minimumGain` multiplies the
/// learning rate by 0.1, but not below 1e-6; `patience` of them in a row end training.
struct PlateauSchedule: Equatable, Sendable {
  /// The outcome of an evaluation.
  struct Verdict: Equatable, Sendable {
    /// Whether it is the best so far.
    let improved: Bool
    /// Whether the learning rate fell.
    let reducedLearningRate: Bool
    /// Whether training ends.
    let stops: Bool
  }

  /// The gain over the best value that counts as an improvement.
  static let minimumGain = 1e-6
  /// The factor of a reduction.
  static let factor = 0.1
  /// The learning rate below which no reduction goes.
  static let lowestLearningRate = 1e-6

  /// The schedule's state, as a checkpoint holds it.
  struct Progress: Equatable, Sendable, Codable {
    /// The learning rate of the next step.
    fileprivate(set) var learningRate: Double
    /// The best monitored value so far; nil before the first evaluation.
    fileprivate(set) var best: Double?
    /// Consecutive evaluations, up to now, without an improvement.
    fileprivate(set) var failures = 0
  }

  /// The current state.
  var progress: Progress

  private let monitor: TrainingSettings.Monitor
  private let patience: Int
  private let reducesLearningRate: Bool

  /// Starts at the settings' learning rate.
  init(_ settings: TrainingSettings) {
    progress = Progress(learningRate: settings.learningRate)
    monitor = settings.monitor
    patience = settings.earlyStopPatience
    reducesLearningRate = settings.reduceLearningRateOnPlateau
  }

  /// The learning rate of the next step.
  var learningRate: Double { progress.learningRate }

  /// The monitored value, larger being better: `auc·AUC + gauc·GAUC + logloss·Logloss`.
  ///
  /// Where AUC or GAUC is monitored but undefined, it is `−Logloss`. That holds for every
  /// evaluation of the same split, so the two kinds of values are never compared. NaN without rows.
  func value(of metrics: Metrics) -> Double {
    let logloss = metrics.logloss ?? .nan
    let ranking = [(monitor.auc, metrics.auc), (monitor.gauc, metrics.grouped?.value)]
      .filter { $0.0 != 0 }
    guard !ranking.isEmpty else { return monitor.logloss * logloss }
    var sum = 0.0
    for (weight, value) in ranking {
      guard let value else { return -logloss }
      sum += weight * value
    }
    return sum + (monitor.logloss == 0 ? 0 : monitor.logloss * logloss)
  }

  /// Judges an evaluation; NaN and infinities are never improvements.
  mutating func judge(_ metrics: Metrics) -> Verdict { judge(value: value(of: metrics)) }

  /// Judges a monitored value.
  mutating func judge(value: Double) -> Verdict {
    if value.isFinite, value >= (progress.best ?? -.infinity) + Self.minimumGain {
      progress.best = value
      progress.failures = 0
      return Verdict(improved: true, reducedLearningRate: false, stops: patience <= 0)
    }
    progress.failures += 1
    let before = learningRate
    if reducesLearningRate {
      progress.learningRate = min(before, max(before * Self.factor, Self.lowestLearningRate))
    }
    return Verdict(
      improved: false, reducedLearningRate: learningRate < before,
      stops: progress.failures >= patience)
  }
}
