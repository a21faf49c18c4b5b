import ClickData
import Cluster
import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Training

/// Training over several ranks, as threads, against training in one process: the same files.
@Suite struct RankedTrainingTests {
  /// The files that a run leaves behind, without times.
  private struct Files: Equatable {
    var best: Data
    var last: Data
    var metrics: [String]
  }

  private static func settings(
    _ update: TrainingSettings.EmbeddingUpdate = .lazy
  ) -> TrainingSettings {
    var settings = TrainingRun.settings(epochs: 2, update: update)
    settings.batchSize = 4000
    settings.evalSteps = 1
    return settings
  }

  /// Trains rank 0's run on it, and follows on the other ranks.
  private func train(
    ranks: Int, _ settings: TrainingSettings, _ model: ModelSettings,
    rows: Int = 4500, in temporary: TemporaryFolder? = nil, interruptedAt moment: Int? = nil
  ) throws -> (Files, TemporaryFolder) {
    let given = try temporary ?? TemporaryFolder()
    let (resumes, path) = (temporary != nil, given.file("run"))
    let results = try ThreadedCluster.run(ranks: ranks) { collectives in
      try collectives.running {
        let make: ([FieldSchema], BatchShare) -> CTRModel = { schema, share in
          CTRModel(
            schema: schema, settings: model, batchCapacity: settings.batchSize,
            weights: .drawn(seed: 3), rowHistory: settings.rowHistory, share: share,
            pool: WorkerPool(threads: 1))
        }
        guard collectives.rank == 0 else {
          return try RankFollower(collectives) { _, schema, share in
            (make(schema, share), settings)
          }.run()
        }
        let interruption = CountedInterruption(moment)
        let folder = RunFolder(path)
        if !resumes { try folder.begin(configuration: "run: test\n") }
        let leader = try RankLeader(
          over: collectives, configuration: "", settings: settings, schema: LearnableRows.schema
        ) { make(LearnableRows.schema, $0) }
        let trainer = Trainer(
          leader, settings: settings,
          data: LearnableRows.data(
            rows: rows, validRows: 2500, batchSize: settings.batchSize), folder: folder,
          pool: leader.pool, isInterrupted: { interruption.isDue() })
        if resumes { try trainer.resume() }
        do {
          _ = try trainer.train()
        } catch TrainingFailure.interrupted {}
        try RankLeader.end(over: collectives)
      }
    }
    for result in results { try result.get() }
    func bytes(_ name: String) -> Data {
      FileManager.default.contents(atPath: given.file("run/\(name)")) ?? Data()
    }
    let lines = String(decoding: bytes("metrics.jsonl"), as: UTF8.self).split(separator: "\n").map {
      line in
      line.range(of: ", \"samples_per_second\"").map { String(line[..<$0.lowerBound]) }
        ?? String(line)
    }
    let files = Files(
      best: bytes("checkpoint/best.safetensors"), last: bytes("checkpoint/last.safetensors"),
      metrics: lines)
    return (files, given)
  }

  private func check(_ label: String, _ settings: TrainingSettings, _ model: ModelSettings) throws {
    let (expected, _) = try train(ranks: 1, settings, model)
    #expect(expected.best.count > 0 && expected.metrics.count > 2, "\(label): one process")
    for ranks in [2, 4] {
      let (found, _) = try train(ranks: ranks, settings, model)
      #expect(found == expected, "\(label): \(ranks) ranks")
    }
  }

  @Test(arguments: BackboneKind.allCases, [Paradigm.discriminative, .generative])
  func everyBackboneWritesTheFilesOfOneProcess(backbone: BackboneKind, paradigm: Paradigm) throws {
    var model = ModelSettings()
    model.backbone = backbone
    model.paradigm = paradigm
    model.embeddingDimension = 4
    model.deep.hiddenUnits = [8]
    model.deep.batchNormalization = true
    model.deep.dropout = 0.2
    try check("\(backbone) \(paradigm)", Self.settings(), model)
  }

  /// Regularised, clipped and with deferred updates of all rows.
  @Test func everyUpdateWritesTheFilesOfOneProcess() throws {
    var model = ModelSettings()
    model.embeddingDimension = 4
    for optimizer in TrainingSettings.OptimizerKind.allCases {
      for update in [TrainingSettings.EmbeddingUpdate.lazy, .dense] {
        var settings = Self.settings(update)
        settings.optimizer = optimizer
        settings.embeddingRegularizer = 1e-3
        settings.netRegularizer = 1e-3
        settings.maxGradientNorm = 0.01
        try check("\(optimizer) \(update)", settings, model)
      }
    }
  }

  /// A run that was interrupted with some ranks goes on with others.
  @Test func anotherNumberOfRanksResumesWithTheSameBits() throws {
    var model = ModelSettings()
    model.embeddingDimension = 4
    let settings = Self.settings(.dense)
    let (expected, _) = try train(ranks: 1, settings, model)
    for (first, second) in [(4, 1), (1, 2), (2, 4)] {
      let (_, temporary) = try train(ranks: first, settings, model, interruptedAt: 3)
      let (found, _) = try train(ranks: second, settings, model, in: temporary)
      #expect(found == expected, "\(first) ranks, then \(second)")
    }
  }
}
