import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport

@testable import Training

/// A run over `LearnableRows` in a folder of its own, or in that of an earlier run.
struct TrainingRun {
  let temporary: TemporaryFolder
  let folder: RunFolder
  let model: CTRModel
  let trainer: Trainer
  let log = EventLog()

  init(
    _ settings: TrainingSettings, model: ModelSettings = ModelSettings(), data: TrainingData? = nil,
    threads: Int = 2, resuming earlier: TemporaryFolder? = nil,
    isInterrupted: @escaping () -> Bool = { false }
  ) throws {
    temporary = try earlier ?? TemporaryFolder()
    folder = RunFolder(temporary.file("run"))
    if earlier == nil { try folder.begin(configuration: "run: test\n") }
    let pool = WorkerPool(threads: threads)
    self.model = CTRModel(
      schema: LearnableRows.schema, settings: model, batchCapacity: settings.batchSize,
      weights: .drawn(seed: UInt64(settings.seed)), rowHistory: settings.rowHistory, pool: pool)
    trainer = Trainer(
      self.model, settings: settings,
      data: data ?? LearnableRows.data(batchSize: settings.batchSize), folder: folder,
      metadata: ["run": "test"], pool: pool, observer: log, isInterrupted: isInterrupted)
    guard earlier != nil else { return }
    // Whatever is not read from the checkpoint shows.
    for parameter in self.model.parameters { parameter.value.view.fill(9) }
    for statistic in self.model.statistics { statistic.value.view.fill(9) }
    try trainer.resume()
  }

  static func settings(
    epochs: Int = 4, update: TrainingSettings.EmbeddingUpdate = .lazy
  ) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.batchSize = 128
    settings.epochs = epochs
    settings.learningRate = 0.02
    settings.embeddingUpdate = update
    return settings
  }

  var weights: [[Double]] { model.parameters.map(\.value.view.doubles) }

  /// A file of the run, byte by byte.
  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: temporary.file("run/\(name)")))
  }

  /// The lines of `metrics.jsonl`.
  func lines() throws -> [MetricLine] {
    try metrics().map { try JSONDecoder().decode(MetricLine.self, from: Data($0.utf8)) }
  }

  /// The lines of `metrics.jsonl` without their times, which are the last members.
  func timelessLines() throws -> [String] {
    try metrics().map { line in
      line.range(of: ", \"samples_per_second\"").map { String(line[..<$0.lowerBound]) } ?? line
    }
  }

  private func metrics() throws -> [String] {
    String(decoding: try bytes("metrics.jsonl"), as: UTF8.self).split(separator: "\n")
      .map(String.init)
  }
}

/// A line of `metrics.jsonl`; `JSONSerialization` would round the numbers.
struct MetricLine: Decodable {
  let step, epoch, rows: Int
  let split: String
  let AUC, logloss, train_loss, information_abundance, rankme, samples_per_second: Double?
  let learning_rate: Double
  let shares: [String: Double]?
}
