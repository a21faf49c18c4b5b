import Models
import TestSupport
import Testing

@testable import Training

private func settings(patience: Int = 2, reduces: Bool = true) -> TrainingSettings {
  var settings = TrainingSettings()
  settings.earlyStopPatience = patience
  settings.reduceLearningRateOnPlateau = reduces
  return settings
}

extension Metrics {
  /// Metrics of which only these two matter.
  init(auc: Double?, logloss: Double) {
    self.init(rows: 10, positives: 5) { ["AUC": auc, "logloss": logloss][$0.name] ?? nil }
  }
}

@Suite struct PlateauScheduleTests {
  @Test func eachFailureReducesTheRateAndTwoInARowStop() {
    var schedule = PlateauSchedule(settings())
    // best 0.70; 0.69 fails; 0.71 improves and clears the count; two failures end it.
    let verdicts = [0.70, 0.69, 0.71, 0.71, 0.70].map { schedule.judge(value: $0) }
    #expect(verdicts.map(\.improved) == [true, false, true, false, false])
    #expect(verdicts.map(\.reducedLearningRate) == [false, true, false, true, true])
    #expect(verdicts.map(\.stops) == [false, false, false, false, true])
    #expect(schedule.progress.best == 0.71)
    // 1e-3 → 1e-4 → 1e-5 → 1e-6.
    expectClose(schedule.learningRate, 1e-6, .exact)
  }

  @Test func theMeanAUCOfGroupsIsMonitoredWhereItHasAWeight() {
    func metrics(_ gauc: Double?) -> Metrics {
      var metrics = Metrics(auc: 0.6, logloss: 0.4)
      metrics.grouped = GroupedAUC()
      metrics.grouped?.add(rows: 8, auc: gauc)
      return metrics
    }
    var grouped = settings()
    grouped.monitor.auc = 0
    grouped.monitor.gauc = 2
    let schedule = PlateauSchedule(grouped)
    expectClose(schedule.value(of: metrics(0.7)), 1.4, .exact)
    #expect(schedule.value(of: metrics(nil)) == -0.4)
    grouped.monitor.auc = 1
    grouped.monitor.logloss = -1
    expectClose(PlateauSchedule(grouped).value(of: metrics(0.7)), 0.6 + 1.4 - 0.4, .exact)
    #expect(PlateauSchedule(settings()).value(of: metrics(0.7)) == 0.6)
  }

  @Test func aGainBelowOneInAMillionIsNoImprovement() {
    var schedule = PlateauSchedule(settings())
    _ = schedule.judge(value: 0.5)
    #expect(!schedule.judge(value: 0.5 + 0.9e-6).improved)
    #expect(schedule.progress.best == 0.5)
    #expect(schedule.judge(value: 0.5 + 1.1e-6).improved)
  }

  @Test func theLearningRateNeverFallsBelowItsFloorNorRises() {
    var schedule = PlateauSchedule(settings(patience: 100))
    for _ in 0..<10 { _ = schedule.judge(value: .nan) }
    #expect(schedule.learningRate == 1e-6)
    var low = settings(patience: 100)
    low.learningRate = 1e-8
    schedule = PlateauSchedule(low)
    #expect(!schedule.judge(value: .nan).reducedLearningRate)
    #expect(schedule.learningRate == 1e-8)
  }

  @Test func withoutReductionTheRateStays() {
    var schedule = PlateauSchedule(settings(reduces: false))
    let verdicts = [0.7, 0.6, 0.5].map { schedule.judge(value: $0) }
    #expect(schedule.learningRate == 1e-3)
    #expect(verdicts.map(\.stops) == [false, false, true])
  }

  @Test func nonFiniteValuesAreNeverImprovements() {
    var schedule = PlateauSchedule(settings())
    #expect(!schedule.judge(value: .nan).improved)
    #expect(!schedule.judge(value: .infinity).improved)
    #expect(schedule.progress.best == nil)
  }

  @Test func theMonitorIsAWeightedSumOfAUCAndLogloss() {
    var both = settings()
    both.monitor.logloss = -1
    let good = Metrics(auc: 0.75, logloss: 0.5)
    #expect(PlateauSchedule(settings()).value(of: good) == 0.75)
    #expect(PlateauSchedule(both).value(of: good) == 0.25)
    both.monitor.auc = 0
    #expect(PlateauSchedule(both).value(of: good) == -0.5)
  }

  @Test func anUndefinedAUCFallsBackOnTheLogloss() {
    var schedule = PlateauSchedule(settings())
    let verdicts = [0.5, 0.4, 0.45].map { schedule.judge(Metrics(auc: nil, logloss: $0)) }
    #expect(verdicts.map(\.improved) == [true, true, false])
  }
}
