import Foundation
import Models
import Platform
import TestSupport
import Testing

@testable import Training

/// A run that was interrupted and resumed ends in the same bytes as one that was not.
@Suite struct ResumeTests {
  /// A model with state beyond its weights: dropout, running statistics, an encoder.
  private static var model: ModelSettings {
    var model = ModelSettings()
    model.backbone = .deepfm
    model.paradigm = .generative
    model.deep.hiddenUnits = [6]
    model.deep.batchNormalization = true
    model.deep.dropout = 0.3
    return model
  }

  private static func settings(
    _ update: TrainingSettings.EmbeddingUpdate, _ optimizer: TrainingSettings.OptimizerKind
  ) -> TrainingSettings {
    var settings = TrainingRun.settings(epochs: 3, update: update)
    settings.optimizer = optimizer
    settings.embeddingRegularizer = 1e-2
    settings.maxGradientNorm = 0.05
    settings.evalSteps = 5
    settings.earlyStopPatience = 3
    return settings
  }

  /// Trains until the given call of `isInterrupted`, counted from 1; returns their number too.
  private func run(
    _ settings: TrainingSettings, interruptedAt moment: Int?, resuming: TemporaryFolder? = nil,
    threads: Int = 2, model: ModelSettings = Self.model
  ) throws -> (TrainingRun, TrainingRecord?, calls: Int) {
    let run = try TrainingRun(
      settings, model: model, threads: threads, resuming: resuming, interruptedAt: moment)
    do {
      let record = try run.trainer.train()
      return (run, record, run.interruption.calls)
    } catch TrainingFailure.interrupted {
      return (run, nil, run.interruption.calls)
    }
  }

  private func expectSameFiles(_ run: TrainingRun, _ other: TrainingRun, _ label: String) throws {
    for file in ["best", "last", "seen_rows"] {
      let name = "checkpoint/\(file).safetensors"
      #expect(try run.bytes(name) == other.bytes(name), "\(label): \(name)")
    }
    #expect(try run.timelessLines() == other.timelessLines(), "\(label)")
  }

  private func expectSameRecords(
    _ record: TrainingRecord?, _ other: TrainingRecord?, _ label: String
  ) throws {
    var records = try [record, other].map { try #require($0) }
    for index in records.indices {
      records[index].seconds = PhaseTimes()
      records[index].totalSeconds = 0
      func timeless(_ evaluation: Evaluation) -> Evaluation {
        var evaluation = evaluation
        (evaluation.samplesPerSecond, evaluation.shares) = (nil, nil)
        return evaluation
      }
      records[index].evaluations = records[index].evaluations.map(timeless)
      records[index].best = records[index].best.map(timeless)
      for report in records[index].reports.indices {
        records[index].reports[report].processorSeconds = nil
        (records[index].reports[report].samplesPerSecond, records[index].reports[report].seconds) =
          (nil, nil)
      }
    }
    let isSame = records[0] == records[1]
    #expect(isSame, "\(label)")
  }

  @Test(arguments: [
    (TrainingSettings.EmbeddingUpdate.dense, TrainingSettings.OptimizerKind.adam),
    (.lazy, .adam), (.lazy, .rowwiseAdagrad), (.dense, .adamW),
  ])
  func aRunThatIsInterruptedAnywhereEndsInTheSameBytes(
    update: TrainingSettings.EmbeddingUpdate, optimizer: TrainingSettings.OptimizerKind
  ) throws {
    let settings = Self.settings(update, optimizer)
    let (whole, record, moments) = try run(settings, interruptedAt: nil)
    #expect(moments > 60)
    // Covers steps, evaluations within an epoch and at its end, and the last evaluations.
    for moment in stride(from: 1, through: moments, by: 17) {
      let label = "interrupted at \(moment) of \(moments)"
      let (first, nothing, _) = try run(settings, interruptedAt: moment)
      #expect(nothing == nil, "\(label)")
      let (second, resumed, _) = try run(
        settings, interruptedAt: nil, resuming: first.temporary, threads: 1)
      try expectSameFiles(second, whole, label)
      try expectSameRecords(resumed, record, label)
    }
  }

  @Test func aRunThatIsInterruptedAgainAndAgainEndsInTheSameBytes() throws {
    let settings = Self.settings(.dense, .adam)
    let (whole, record, _) = try run(settings, interruptedAt: nil)
    var (last, result, _) = try run(settings, interruptedAt: 9)
    var rounds = 0
    while result == nil, rounds < 200 {
      rounds += 1
      // Sixteen batches to skip and an evaluation of eight must fit between two interruptions.
      (last, result, _) = try run(
        settings, interruptedAt: 30 + rounds % 5, resuming: last.temporary)
    }
    #expect(rounds > 3)
    try expectSameFiles(last, whole, "\(rounds) rounds")
    try expectSameRecords(result, record, "\(rounds) rounds")
  }

  /// After training only the final evaluations are left: resuming repeats them.
  @Test func aFinishedRunThatIsResumedReportsTheSame() throws {
    let settings = Self.settings(.lazy, .adam)
    let (whole, record, _) = try run(settings, interruptedAt: nil)
    let lines = try whole.timelessLines()
    let (again, repeated, _) = try run(settings, interruptedAt: nil, resuming: whole.temporary)
    try expectSameRecords(repeated, record, "finished")
    #expect(try again.timelessLines() == lines)
    #expect(again.log.kinds.first == "resumed" && !again.log.kinds.contains("epoch"))
  }

  @Test func earlyStoppingRemembersTheFailuresBeforeAnInterruption() throws {
    var settings = Self.settings(.lazy, .sgd)
    // Steps too small to change a weight, let alone a metric.
    settings.learningRate = 1e-30
    let plain = ModelSettings()
    let (whole, record, moments) = try run(settings, interruptedAt: nil, model: plain)
    #expect(record?.stop == .early && record?.evaluations.count == 4)
    // Between the third evaluation and the fourth.
    let (first, _, _) = try run(settings, interruptedAt: moments * 3 / 5, model: plain)
    let (second, resumed, _) = try run(
      settings, interruptedAt: nil, resuming: first.temporary, model: plain)
    try expectSameRecords(resumed, record, "early")
    try expectSameFiles(second, whole, "early")
  }

  @Test(arguments: TrainingSettings.EmbeddingUpdate.allCases)
  func checkpointsHaveTheSameBytesForOneToFourThreads(
    update: TrainingSettings.EmbeddingUpdate
  ) throws {
    let runs = try [1, 2, 3, 4].map {
      try run(Self.settings(update, .adam), interruptedAt: nil, threads: $0).0
    }
    for (index, run) in runs.enumerated().dropFirst() {
      try expectSameFiles(run, runs[0], "\(index + 1) threads")
    }
  }

  @Test func dataThatHaveShrunkAreDetected() throws {
    let settings = Self.settings(.lazy, .adam)
    let (first, _, _) = try run(settings, interruptedAt: 4)
    let rows = LearnableRows.data(rows: 200)
    let second = try TrainingRun(
      settings, model: Self.model, data: rows, resuming: first.temporary)
    #expect(throws: TrainingFailure.dataChanged(epoch: 1, expected: 4 * 128, found: 200)) {
      try second.trainer.train()
    }
  }

  @Test func lostLinesOfMetricsAreRewrittenWithoutTheirTimes() throws {
    let settings = Self.settings(.lazy, .adam)
    let (first, _, _) = try run(settings, interruptedAt: 60)
    let lines = try first.timelessLines()
    #expect(lines.count > 1)
    try FileManager.default.removeItem(atPath: first.folder.metricsPath)
    let (second, _, _) = try run(settings, interruptedAt: 1, resuming: first.temporary)
    #expect(try second.timelessLines().prefix(lines.count) == lines[...])
  }
}
