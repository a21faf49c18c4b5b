import ClickData
import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Training

@Suite struct TrainerTests {
  @Test(arguments: TrainingSettings.EmbeddingUpdate.allCases, Paradigm.allCases)
  func trainingLearnsWhatTheClicksDependOn(
    update: TrainingSettings.EmbeddingUpdate, paradigm: Paradigm
  ) throws {
    var model = ModelSettings()
    model.paradigm = paradigm
    let run = try TrainingRun(TrainingRun.settings(update: update), model: model)
    let record = try run.trainer.train()
    // The true model's AUC: of two logits ±1.5, P(right order) with ties counted half is 0.8176.
    #expect(try #require(record.test?.auc) > 0.79)
    #expect(try #require(record.test?.logloss) < 0.52)
    #expect(record.steps == record.epochs * 16 && record.rows == record.epochs * 2000)
  }

  @Test func stepsUpdateRunningStatistics() throws {
    let run = try TrainingRun(
      TrainingRun.settings(epochs: 1),
      model: TrainingRun.deepModel([4], batchNormalization: true))
    let initial = run.model.statistics.map(\.value.view.doubles)
    _ = try run.trainer.train()
    #expect(initial.count == 2)
    for (statistic, before) in zip(run.model.statistics, initial) {
      #expect(statistic.value.view.doubles != before, "\(statistic.name)")
    }
  }

  /// The running statistics restored with the best weights are theirs, and are saved with them.
  @Test func aLoadedModelHasTheMetricsOfTheTrainedOne() throws {
    let model = TrainingRun.deepModel([8], batchNormalization: true)
    // The labels are flipped in the second epoch, so the best weights are not the last.
    let data = LearnableRows.data(validRows: 500) { pass, _, clicked in clicked != (pass == 1) }
    let run = try TrainingRun(TrainingRun.settings(epochs: 2), model: model, data: data)
    let record = try run.trainer.train()
    #expect(record.best?.epoch == 1)
    #expect(record.valid == record.best?.metrics)
    let again = try TrainingRun(TrainingRun.settings(), model: model)
    try Checkpoint.load(into: again.model, from: run.folder.bestPath)
    let test = LearnableRows.Pass(rows: 1000, batchSize: 128, seed: 3)
    #expect(try Evaluator(again.model).evaluate(test, split: "test") == record.test)
  }

  @Test func dropoutChangesTrainingTheSameWayForAnyNumberOfThreads() throws {
    let settings = TrainingRun.settings(epochs: 1)
    let plain = try TrainingRun(settings, model: TrainingRun.deepModel([64]))
    let dropping = try [1, 2].map {
      try TrainingRun(settings, model: TrainingRun.deepModel([64], dropout: 0.5), threads: $0)
    }
    for run in [plain] + dropping { _ = try run.trainer.train() }
    let differs = dropping[0].weights != plain.weights
    let agree = dropping[0].weights == dropping[1].weights
    #expect(differs && agree)
  }

  /// Validation labels are flipped after the second epoch, so later weights have worse metrics.
  @Test func trainingStopsEarlyAndRestoresTheBestWeights() throws {
    let data = LearnableRows.data(validRows: 500, hasTest: false) { pass, _, clicked in
      clicked != (2...3).contains(pass)
    }
    let run = try TrainingRun(TrainingRun.settings(epochs: 10), data: data)
    let record = try run.trainer.train()
    #expect(record.stop == .early && record.epochs == 4)
    let best = try #require(record.best)
    #expect(best.epoch <= 2)
    #expect(record.valid == best.metrics)
    #expect(
      run.log.kinds.filter { $0 != "warning" }.suffix(9) == [
        "ended", "reduced", "epoch", "worse", "ended", "reduced", "stopped", "reloaded", "final",
      ])
    #expect(try #require(record.evaluations.last).learningRate < 0.02)
    let again = try TrainingRun(TrainingRun.settings())
    try Checkpoint.load(into: again.model, from: run.folder.bestPath)
    #expect(again.weights == run.weights)
    #expect(try Checkpoint.metadata(of: run.folder.bestPath) == ["run": "test"])
  }

  @Test func theBitsDoNotDependOnTheNumberOfThreads() throws {
    for update in TrainingSettings.EmbeddingUpdate.allCases {
      var settings = TrainingRun.settings(epochs: 2, update: update)
      settings.embeddingRegularizer = 1e-4
      var model = ModelSettings()
      model.paradigm = .generative
      let results = try [1, 2, 3].map { threads in
        let run = try TrainingRun(settings, model: model, threads: threads)
        return (try run.trainer.train().test, run.weights)
      }
      for result in results.dropFirst() {
        #expect(result.0 == results[0].0)
        #expect(result.1 == results[0].1)
      }
    }
  }

  @Test func withoutValidationAllEpochsAreTrainedAndTheLastWeightsKept() throws {
    let run = try TrainingRun(
      TrainingRun.settings(), data: LearnableRows.data(validRows: nil))
    let record = try run.trainer.train()
    #expect(record.epochs == 4 && record.best == nil && record.valid == nil)
    #expect(record.evaluations.isEmpty && record.test != nil)
    let again = try TrainingRun(TrainingRun.settings())
    try Checkpoint.load(into: again.model, from: run.folder.bestPath)
    #expect(again.weights == run.weights)
    // Resuming such a run has nothing left to do and changes nothing.
    let files = ["best", "last", "seen_rows"].map { "checkpoint/\($0).safetensors" }
    let bytes = try files.map(run.bytes)
    let resumed = try TrainingRun(
      TrainingRun.settings(), data: LearnableRows.data(validRows: nil), resuming: run.temporary)
    #expect(try resumed.trainer.train().steps == record.steps)
    #expect(try files.map(resumed.bytes) == bytes)
  }

  /// A run without validation rows ends with two checkpoints: if one cannot be written, the other
  /// is complete.
  @Test(arguments: ["best", "last"])
  func aCheckpointThatCannotBeWrittenLeavesTheOtherComplete(blocked: String) throws {
    let run = try TrainingRun(
      TrainingRun.settings(epochs: 1), data: LearnableRows.data(validRows: nil))
    let folder = run.temporary.file("run/checkpoint")
    try Folder.make("\(folder)/\(blocked).safetensors/in/the/way")
    #expect(throws: FileFailure.self) { try run.trainer.train() }
    let names = try Folder.names(in: folder).sorted()
    #expect(names.allSatisfy { $0.hasSuffix(".safetensors") }, "\(names)")
    // A checkpoint of the end of training is never without the best weights.
    #expect(names.contains("best.safetensors"))
    if blocked == "last" {
      try Checkpoint.load(into: run.model, from: run.folder.bestPath)
    } else {
      #expect(!run.folder.hasCheckpoint)
    }
  }

  @Test func evaluationsRunEveryEvalStepsAndOnceAtTheEndOfAnEpoch() throws {
    var every = TrainingRun.settings(epochs: 2)
    every.evalSteps = 8
    every.earlyStopPatience = 100
    every.reduceLearningRateOnPlateau = false
    // 16 steps per epoch: the end of an epoch is a multiple of eight and counts once.
    let eighths = try TrainingRun(every)
    #expect(try eighths.trainer.train().evaluations.map(\.step) == [8, 16, 24, 32])
    // The folder of a run is removed with it.
    withExtendedLifetime(eighths) {}
    every.evalSteps = 10
    let run = try TrainingRun(every)
    let record = try run.trainer.train()
    #expect(record.evaluations.map(\.step) == [10, 16, 20, 30, 32])
    #expect(record.evaluations.map(\.epoch) == [1, 1, 2, 2, 2])
    let lines = try run.lines().filter { $0.split != "train" }
    #expect(lines.prefix(5).map(\.step) == [10, 16, 20, 30, 32])
    #expect(lines.map(\.split) == Array(repeating: "valid", count: 5) + ["test"])
    #expect(lines.prefix(5).map(\.AUC) == record.evaluations.map(\.metrics.auc))
    #expect(lines.prefix(5).map(\.logloss) == record.evaluations.map(\.metrics.logloss))
    #expect(lines[0].rows == 1280 && lines[0].samples_per_second != nil)
  }

  @Test(arguments: TrainingSettings.EmbeddingUpdate.allCases)
  func evaluationsLeaveTrainingAsItIs(update: TrainingSettings.EmbeddingUpdate) throws {
    let numbers = try [nil, 1].map { evalSteps in
      var settings = TrainingRun.settings(epochs: 1, update: update)
      settings.embeddingRegularizer = 1e-2
      settings.earlyStopPatience = 100
      settings.reduceLearningRateOnPlateau = false
      settings.evalSteps = evalSteps
      let data = LearnableRows.data(validRows: evalSteps == nil ? nil : 1000, hasTest: false)
      let run = try TrainingRun(settings, data: data)
      _ = try run.trainer.train()
      // The weights in memory may be restored ones; the last checkpoint has those of the last step.
      let again = try TrainingRun(settings)
      let state = again.trainer.optimizer.state
      try TrainingCheckpoint.load(into: again.model, state: state, from: run.folder.lastPath)
      return again.weights + state.map(\.values.doubles)
    }
    #expect(numbers[0] == numbers[1])
  }

  /// With an evaluation per step, `metrics.jsonl` holds the loss of each batch.
  @Test func theTrainingLossIsTheMeanSinceThePreviousEvaluation() throws {
    var every = TrainingRun.settings(epochs: 1)
    every.earlyStopPatience = 100
    every.reduceLearningRateOnPlateau = false
    every.evalSteps = 1
    let single = try TrainingRun(every)
    _ = try single.trainer.train()
    every.evalSteps = 4
    let fourth = try TrainingRun(every)
    _ = try fourth.trainer.train()
    let losses = try single.lines().prefix(16).map { try #require($0.train_loss) }
    // The last batch has 2000 - 15 * 128 = 80 rows.
    let rows = Array(repeating: 128.0, count: 15) + [80]
    for (index, line) in try fourth.lines().prefix(4).enumerated() {
      let range = 4 * index..<4 * index + 4
      let expected =
        range.reduce(0) { $0 + losses[$1] * rows[$1] } / range.reduce(0) { $0 + rows[$1] }
      expectClose(try #require(line.train_loss), expected, Tolerance(absolute: 0, relative: 1e-12))
    }
    let shares = try #require(try fourth.lines()[0].shares)
    #expect(Set(shares.keys) == ["read", "encode", "compute", "update", "evaluate"])
    #expect(try fourth.lines().last?.train_loss == nil)
  }

  /// The rows of the first epoch take 1000 seconds to read, those of later ones none.
  @Test func readingAnEpochIsCountedOnce() throws {
    let run = try TrainingRun(TrainingRun.settings(epochs: 2))
    _ = try run.trainer.train()
    let shares = try run.lines().compactMap(\.shares)
    #expect(shares.count == 2 && (shares[0]["read"] ?? 0) > 1)
    #expect(shares[1]["read"] == 0)
  }

  @Test func anInterruptedRunSavesItsWeights() throws {
    let run = try TrainingRun(TrainingRun.settings(), interruptedAt: 5)
    #expect(throws: TrainingFailure.interrupted(step: 5)) { try run.trainer.train() }
    #expect(run.temporary.files.contains("run/checkpoint/last.safetensors"))
  }

  @Test func theComputedMemoryIsWhatTheModelHolds() {
    for backbone in BackboneKind.allCases {
      for paradigm in Paradigm.allCases where paradigm == .discriminative || backbone.hasSource {
        var model = ModelSettings()
        model.backbone = backbone
        model.paradigm = paradigm
        let training = TrainingRun.settings()
        let built = CTRModel(
          schema: LearnableRows.schema, settings: model, batchCapacity: 128, seed: 1,
          pool: WorkerPool(threads: 1))
        let need = MemoryNeed(
          schema: LearnableRows.schema, model: model, training: training,
          pool: WorkerPool(threads: 1))
        let bytes = built.parameters.reduce(0) { $0 + $1.count } * MemoryLayout<Scalar>.size
        let optimizer = training.makeOptimizer(
          for: built.parameters, pool: WorkerPool(threads: 1))
        #expect(need.parameters == bytes, "\(backbone) \(paradigm)")
        let numbers = optimizer.state.reduce(0) { $0 + $1.values.rows * $1.values.columns }
        #expect(need.optimizerState >= numbers * MemoryLayout<Scalar>.size)
        #expect(need.activations > 0)
      }
    }
  }
}
