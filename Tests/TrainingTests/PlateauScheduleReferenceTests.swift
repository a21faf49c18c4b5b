import Models
import Platform
import Testing

@testable import Training

/// The rules after each evaluation, as section 1.4 of the paper states them.
private struct StatedRules {
  var rate: Double
  var best = -Double.infinity
  var failures = 0
  var stopped = false
  let patience: Int

  /// Whether the weights are to be kept.
  mutating func evaluate(_ value: Double) -> Bool {
    if value < best + 1e-6 {
      failures += 1
      rate = max(rate * 0.1, 1e-6)
    } else {
      failures = 0
      best = value
    }
    if failures >= patience { stopped = true }
    return failures == 0
  }
}

@Suite struct PlateauScheduleReferenceTests {
  @Test func anyListOfMetricsFollowsTheRules() {
    for seed in 0..<300 {
      let random = CounterRandom(seed: UInt64(seed), stream: 1)
      var settings = TrainingSettings()
      settings.earlyStopPatience = 1 + seed % 4
      settings.monitor.auc = Double(seed % 3)
      settings.monitor.logloss = seed % 3 == 0 || seed % 2 == 0 ? -1 : 0
      var schedule = PlateauSchedule(settings)
      var rules = StatedRules(rate: settings.learningRate, patience: settings.earlyStopPatience)
      for number in 0..<40 where !rules.stopped {
        // Steps of 4e-7: some gains are too small to count.
        let auc = 0.7 + 4e-7 * Double(random.integer(UInt64(2 * number), below: 9))
        let loss = 0.45 - 4e-7 * Double(random.integer(UInt64(2 * number + 1), below: 9))
        let metrics = Metrics(auc: auc, logloss: loss)
        let keeps = rules.evaluate(settings.monitor.auc * auc + settings.monitor.logloss * loss)
        let verdict = schedule.judge(metrics)
        #expect(verdict.improved == keeps, "list \(seed), evaluation \(number)")
        #expect(verdict.stops == rules.stopped, "list \(seed), evaluation \(number)")
        #expect(schedule.learningRate == rules.rate, "list \(seed), evaluation \(number)")
      }
    }
  }

  /// Flipping more or fewer validation labels at each evaluation gives a list of AUCs.
  @Test func aRunFollowsAListOfMetricsAndEndsWithItsBestWeights() throws {
    // The number of wrong labels in ten rows; 16 steps per epoch, an evaluation every 5 and at its
    // end. Fewer wrong labels are a gain whatever the model learned meanwhile, and nine of ten a
    // loss.
    let flipped = [4, 3, 9, 1, 9, 9, 9]
    var settings = TrainingRun.settings(epochs: 10)
    settings.evalSteps = 5
    settings.earlyStopPatience = 2
    settings.learningRate = 0.02
    func data() -> TrainingData {
      LearnableRows.data(hasTest: false) { evaluation, row, clicked in
        clicked != (row % 10 < flipped[evaluation])
      }
    }
    let run = try TrainingRun(settings, data: data())
    let record = try run.trainer.train()
    #expect(record.evaluations.map(\.step) == [5, 10, 15, 16, 20, 25])
    #expect(record.stop == .early && record.best?.step == 16 && record.epochs == 2)
    let reduced = 0.02 * 0.1
    #expect(
      record.evaluations.map(\.learningRate) == [0.02, 0.02, 0.02, reduced, reduced, reduced * 0.1])
    // Those are the weights after 16 steps of a run that ends there, at the same learning rates.
    settings.epochs = 1
    let short = try TrainingRun(settings, data: data())
    _ = try short.trainer.train()
    let isSame = run.weights == short.weights
    #expect(isSame)
    #expect(run.log.kinds.suffix(3) == ["stopped", "reloaded", "final"])
  }
}
