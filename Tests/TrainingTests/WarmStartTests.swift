import ClickData
import Foundation
import Models
import Platform
import TestSupport
import Testing

@testable import Training

/// Training that begins with the weights of another run.
@Suite struct WarmStartTests {
  private static let plain = ModelSettings()

  private static func settings(
    _ update: TrainingSettings.EmbeddingUpdate = .lazy,
    _ optimizer: TrainingSettings.OptimizerKind = .adam, epochs: Int = 1
  ) -> TrainingSettings {
    var settings = TrainingRun.settings(epochs: epochs, update: update)
    settings.optimizer = optimizer
    settings.embeddingRegularizer = 1e-2
    settings.earlyStopPatience = 99
    return settings
  }

  /// Fields with three more rows in A's table and one in B's.
  private static var grown: [FieldSchema] {
    zip(LearnableRows.schema, [3, 1, 0]).map {
      FieldSchema(name: $0.name, kind: $0.kind, rows: $0.rows + $1)
    }
  }

  private func start(_ run: TrainingRun, optimizerState: Bool = true) -> WarmStart {
    WarmStart(
      folder: run.folder, schema: LearnableRows.schema, optimizerState: optimizerState
    ) { _ in }
  }

  /// A model with dropout and running statistics.
  private static let deep = TrainingRun.deepModel([6], batchNormalization: true, dropout: 0.3)

  private static func values(_ tensor: StateTensor, rows: Range<Int>) -> [Double] {
    tensor.values.rows(rows).doubles
  }

  @Test(
    arguments: TrainingSettings.EmbeddingUpdate.allCases, TrainingSettings.OptimizerKind.allCases)
  func oldRowsKeepTheirWeightsAndStateAndNewOnesAreFresh(
    update: TrainingSettings.EmbeddingUpdate, optimizer: TrainingSettings.OptimizerKind
  ) throws {
    let settings = Self.settings(update, optimizer)
    let source = try TrainingRun(settings, model: Self.deep)
    _ = try source.trainer.train()
    let pool = WorkerPool(threads: 1)
    func grown() -> CTRModel {
      CTRModel(
        schema: Self.grown, settings: Self.deep, batchCapacity: 128, weights: .drawn(seed: 5),
        rowHistory: settings.rowHistory, pool: pool)
    }
    let (model, drawn) = (grown(), grown())
    let folder = RunFolder(source.temporary.file("next"))
    try folder.begin(configuration: "run: next\n")
    let trainer = Trainer(
      model, settings: settings, data: LearnableRows.data(), folder: folder, pool: pool)
    // No validation improved the run after its only epoch: the last weights are the best.
    try trainer.begin(from: start(source))
    #expect(trainer.optimizer.steps == source.trainer.record.steps)
    for (parameter, (earlier, fresh)) in zip(
      model.parameters, zip(source.model.parameters, drawn.parameters))
    {
      let (rows, old) = (parameter.value.rows, earlier.value.rows)
      #expect(parameter.value.view.rows(0..<old).doubles == earlier.value.view.doubles)
      #expect(
        parameter.value.view.rows(old..<rows).doubles == fresh.value.view.rows(old..<rows).doubles)
    }
    for (tensor, earlier) in zip(trainer.optimizer.state, source.trainer.optimizer.state) {
      let old = earlier.values.rows
      #expect(tensor.name == earlier.name)
      #expect(Self.values(tensor, rows: 0..<old) == earlier.values.doubles)
      #expect(Self.values(tensor, rows: old..<tensor.values.rows).allSatisfy { $0 == 0 })
    }
    for (touched, earlier) in zip(model.touchedRows, source.model.touchedRows) {
      for row in 0..<touched.tableRows {
        #expect(touched.seen[row] == (row < earlier.tableRows ? earlier.seen[row] : 0))
      }
    }
    _ = try trainer.train()
    #expect(trainer.record.steps == source.trainer.record.steps)
  }

  /// Both halves read the rows in one order, and nothing else counts epochs.
  @Test(arguments: TrainingSettings.EmbeddingUpdate.allCases)
  func twoRunsEndWithTheWeightsOfOneTwiceAsLong(
    update: TrainingSettings.EmbeddingUpdate
  ) throws {
    func data() -> TrainingData {
      let rows = LearnableRows.data(validRows: nil, hasTest: false)
      return TrainingData(train: { _ in try rows.train(0) }, valid: nil, test: nil)
    }
    let whole = try TrainingRun(
      Self.settings(update, epochs: 2), model: Self.deep, data: data())
    _ = try whole.trainer.train()
    let first = try TrainingRun(Self.settings(update), model: Self.deep, data: data())
    _ = try first.trainer.train()
    let second = try TrainingRun(Self.settings(update), model: Self.deep, data: data())
    try second.trainer.begin(from: start(first))
    _ = try second.trainer.train()
    #expect(second.weights == whole.weights)
    #expect(second.weights != first.weights)
    let states = [second, whole].map { $0.trainer.optimizer.state.map(\.values.doubles) }
    #expect(states[0] == states[1])
    // A third run counts the steps of both.
    let third = try TrainingRun(Self.settings(update), model: Self.deep, data: data())
    try third.trainer.begin(from: start(second))
    #expect(third.trainer.optimizer.steps == 2 * first.trainer.record.steps)
  }

  @Test func withoutStateTheBestWeightsAreTaken() throws {
    var settings = Self.settings(epochs: 3)
    settings.learningRate = 0.2
    let source = try TrainingRun(settings, model: Self.plain)
    let record = try source.trainer.train()
    let best = try #require(record.best)
    #expect(best.step < record.steps)
    let next = try TrainingRun(settings, model: Self.plain)
    try next.trainer.begin(from: start(source, optimizerState: false))
    // Training ended with the best weights restored.
    #expect(next.weights == source.weights)
    #expect(next.trainer.optimizer.steps == 0)
    #expect(next.trainer.optimizer.state.allSatisfy { $0.values.doubles.allSatisfy { $0 == 0 } })
  }

  @Test(arguments: TrainingSettings.EmbeddingUpdate.allCases)
  func aWarmRunThatIsInterruptedEndsInTheSameBytes(
    update: TrainingSettings.EmbeddingUpdate
  ) throws {
    var settings = Self.settings(update, epochs: 2)
    let source = try TrainingRun(settings, model: Self.deep)
    _ = try source.trainer.train()
    settings.evalSteps = 5
    func begin(threads: Int = 2, interruptedAt moment: Int? = nil) throws -> TrainingRun {
      let run = try TrainingRun(
        settings, model: Self.deep, threads: threads, interruptedAt: moment)
      try run.trainer.begin(from: start(source))
      return run
    }
    let whole = try begin()
    _ = try whole.trainer.train()
    for moment in stride(from: 1, through: whole.interruption.calls, by: 19) {
      let first = try begin(threads: 1, interruptedAt: moment)
      #expect(throws: TrainingFailure.self) { try first.trainer.train() }
      let second = try TrainingRun(settings, model: Self.deep, resuming: first.temporary)
      _ = try second.trainer.train()
      for file in ["best", "last", "seen_rows"] {
        let name = "checkpoint/\(file).safetensors"
        #expect(try second.bytes(name) == whole.bytes(name), "interrupted at \(moment): \(name)")
      }
      #expect(try second.timelessLines() == whole.timelessLines())
    }
  }
}
