import Models

/// Decides after each evaluation whether it is the best, what the learning rate is, and when to stop.
///
/// FuxiCTR's rules (Yin et al., 2025): an evaluation that does not reach the best value by `minimumGain`
/// multiplies the learning rate by 0.1, but not below 1e-6, and `patience` of them in a row end training.
public struct PlateauSchedule: Equatable, Sendable {
  /// What an evaluation led to.
  public struct Verdict: Equatable, Sendable {
    /// Whether it is the best so far.
    public let improved: Bool
    /// Whether the learning rate fell.
    public let reducedLearningRate: Bool
    /// Whether training ends.
    public let stops: Bool
  }

  /// How much better than the best an evaluation must be.
  public static let minimumGain = 1e-6
  /// The factor of a reduction.
  public static let factor = 0.1
  /// No reduction goes below this learning rate.
  public static let lowestLearningRate = 1e-6

  /// What it has come to: all that a checkpoint must hold of it.
  public struct Progress: Equatable, Sendable, Codable {
    /// The learning rate of the next step.
    public fileprivate(set) var learningRate: Double
    /// The best monitored value so far; nil before the first evaluation.
    public fileprivate(set) var best: Double?
    /// Evaluations in a row, up to now, that did not improve.
    public fileprivate(set) var failures = 0
  }

  /// What it has come to.
  public private(set) var progress: Progress

  private let monitor: TrainingSettings.Monitor
  private let patience: Int
  private let reducesLearningRate: Bool

  /// Starts at the settings' learning rate.
  public init(_ settings: TrainingSettings) {
    progress = Progress(learningRate: settings.learningRate)
    monitor = settings.monitor
    patience = settings.earlyStopPatience
    reducesLearningRate = settings.reduceLearningRateOnPlateau
  }

  /// Goes on from what an earlier one had come to.
  mutating func resume(_ progress: Progress) { self.progress = progress }

  /// The learning rate of the next step.
  public var learningRate: Double { progress.learningRate }
  /// The best monitored value so far; nil before the first evaluation.
  public var best: Double? { progress.best }
  /// Evaluations in a row, up to now, that did not improve.
  public var failures: Int { progress.failures }

  /// The monitored value, larger being better: `auc·AUC + logloss·Logloss`.
  ///
  /// Where the AUC is wanted but undefined, it is `−Logloss`: every evaluation of one split then is, so
  /// values of two kinds never meet. NaN without rows.
  public func value(of metrics: Metrics) -> Double {
    let logloss = metrics.logloss ?? .nan
    guard monitor.auc != 0 else { return monitor.logloss * logloss }
    guard let auc = metrics.auc else { return -logloss }
    return monitor.auc * auc + (monitor.logloss == 0 ? 0 : monitor.logloss * logloss)
  }

  /// Judges an evaluation; a value that is not a number never improves.
  public mutating func judge(_ metrics: Metrics) -> Verdict {
    judge(value: value(of: metrics))
  }

  /// Judges a monitored value.
  public mutating func judge(value: Double) -> Verdict {
    if value.isFinite, value >= (best ?? -.infinity) + Self.minimumGain {
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
      improved: false, reducedLearningRate: learningRate < before, stops: failures >= patience)
  }
}
