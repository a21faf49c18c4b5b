import Foundation
import TestSupport
import Testing

@testable import Training

/// Loss, learning rate and speed of training, which no evaluation reports.
@Suite struct TrainingReportTests {
  /// Without validation rows, with an evaluation per epoch, and with several per epoch.
  @Test(arguments: [(nil, nil), (1000, nil), (1000, 5)] as [(Int?, Int?)])
  func everyEpochHasOneLineWithItsLoss(validRows: Int?, evalSteps: Int?) throws {
    var settings = TrainingRun.settings(epochs: 3)
    settings.evalSteps = evalSteps
    settings.earlyStopPatience = 100
    settings.reduceLearningRateOnPlateau = false
    let run = try TrainingRun(settings, data: LearnableRows.data(validRows: validRows))
    let record = try run.trainer.train()
    let epochs = try run.lines().filter { $0.span == "epoch" }
    #expect(epochs.map(\.epoch) == [1, 2, 3] && epochs.map(\.step) == [16, 32, 48])
    #expect(epochs.allSatisfy { $0.split == "train" && $0.learning_rate == 0.02 })
    #expect(epochs.allSatisfy { ($0.samples_per_second ?? 0) > 0 && ($0.seconds ?? 0) > 0 })
    #expect(epochs.map(\.train_loss) == record.reports.map(\.trainLoss))
    // The loss of every batch, from a run that reports each step.
    let losses = try batchLosses()
    let rows = Array(repeating: 128.0, count: 15) + [80]
    for (epoch, line) in epochs.enumerated() {
      let sum = (0..<16).reduce(0) { $0 + losses[16 * epoch + $1] * rows[$1] }
      let loss = try #require(line.train_loss)
      expectClose(loss, sum / 2000, Tolerance(absolute: 0, relative: 1e-12))
    }
  }

  private func batchLosses() throws -> [Double] {
    var settings = TrainingRun.settings(epochs: 3)
    settings.evalSteps = 1
    let run = try TrainingRun(settings, data: LearnableRows.data(validRows: nil))
    _ = try run.trainer.train()
    let steps = try run.lines().filter { $0.span == "steps" }
    #expect(steps.map(\.step) == Array(1...48))
    return try steps.map { try #require($0.train_loss) }
  }

  @Test func theLineOfAnEpochFollowsTheEvaluationAtItsEnd() throws {
    var settings = TrainingRun.settings(epochs: 2)
    settings.evalSteps = 10
    settings.earlyStopPatience = 100
    let run = try TrainingRun(settings)
    _ = try run.trainer.train()
    let kinds = try run.lines().map { "\($0.step) \($0.span ?? $0.split)" }
    #expect(
      kinds.dropLast() == [
        "10 valid", "16 valid", "16 epoch", "20 valid", "30 valid", "32 valid", "32 epoch",
      ])
    let unevaluated = try TrainingRun(settings, data: LearnableRows.data(validRows: nil))
    _ = try unevaluated.trainer.train()
    let reports = try unevaluated.lines().map { "\($0.step) \($0.span ?? $0.split)" }
    #expect(reports.dropLast() == ["10 steps", "16 epoch", "20 steps", "30 steps", "32 epoch"])
  }

  /// The rate of the epoch's last step, not the one to which the evaluation after it reduces it.
  @Test func theLearningRateIsThatOfTheEpochsSteps() throws {
    let data = LearnableRows.data(hasTest: false) { pass, _, clicked in clicked != (pass > 0) }
    var settings = TrainingRun.settings(epochs: 3)
    settings.evalSteps = 16
    settings.earlyStopPatience = 100
    let run = try TrainingRun(settings, data: data)
    _ = try run.trainer.train()
    let rates = try run.lines().filter { $0.span == "epoch" }.map(\.learning_rate)
    #expect(rates.count == 3)
    for (found, expected) in zip(rates, [0.02, 0.02, 0.002]) {
      expectClose(found, expected, Tolerance(absolute: 0, relative: 1e-12))
    }
  }

  @Test func stoppingWithinAnEpochReportsThePartThatWasTrained() throws {
    var settings = TrainingRun.settings(epochs: 9)
    settings.evalSteps = 5
    settings.learningRate = 1e-30
    settings.earlyStopPatience = 1
    let run = try TrainingRun(settings)
    #expect(try run.trainer.train().stop == .early)
    let epochs = try run.lines().filter { $0.span == "epoch" }
    #expect(epochs.map(\.step) == [10] && epochs.map(\.rows) == [1280])
  }

  @Test func anInterruptedRunWithoutValidationRowsKeepsItsLines() throws {
    var settings = TrainingRun.settings(epochs: 2)
    settings.evalSteps = 3
    func data() -> TrainingData { LearnableRows.data(validRows: nil) }
    let whole = try TrainingRun(settings, data: data())
    _ = try whole.trainer.train()
    for moment in [2, 7, 16, 17, 30] {
      let first = try TrainingRun(settings, data: data(), interruptedAt: moment)
      #expect(throws: TrainingFailure.self) { try first.trainer.train() }
      let second = try TrainingRun(settings, data: data(), resuming: first.temporary)
      _ = try second.trainer.train()
      #expect(try second.timelessLines() == whole.timelessLines(), "interrupted at \(moment)")
    }
  }
}
