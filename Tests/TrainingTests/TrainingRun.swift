import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport

@testable import Training

/// A run over `LearnableRows` in a folder of its own, or resumed in that of an earlier run.
struct TrainingRun {
  let temporary: TemporaryFolder
  let folder: RunFolder
  let model: CTRModel
  let trainer: Trainer
  let log = EventLog()
  let interruption: CountedInterruption

  /// `moment` is the call of `isInterrupted`, counted from 1, that interrupts the run.
  init(
    _ settings: TrainingSettings, model: ModelSettings = ModelSettings(),
    data: TrainingData = LearnableRows.data(), threads: Int = 2,
    resuming earlier: TemporaryFolder? = nil, interruptedAt moment: Int? = nil
  ) throws {
    interruption = CountedInterruption(moment)
    temporary = try earlier ?? TemporaryFolder()
    folder = RunFolder(temporary.file("run"))
    if earlier == nil { try folder.begin(configuration: "run: test\n") }
    let pool = WorkerPool(threads: threads)
    self.model = CTRModel(
      schema: LearnableRows.schema, settings: model, batchCapacity: settings.batchSize,
      weights: .drawn(seed: UInt64(settings.seed)), rowHistory: settings.rowHistory, pool: pool)
    trainer = Trainer(
      self.model, settings: settings, data: data, folder: folder, metadata: ["run": "test"],
      pool: pool, observer: log, isInterrupted: { [interruption] in interruption.isDue() })
    guard earlier != nil else { return }
    // Values that are not read from the checkpoint become visible.
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

  /// A deep model, whose training gathers running statistics with batch normalisation.
  static func deepModel(
    _ hiddenUnits: [Int], batchNormalization: Bool = false, dropout: Double = 0
  ) -> ModelSettings {
    var model = ModelSettings()
    model.backbone = .dnn
    model.deep.hiddenUnits = hiddenUnits
    model.deep.batchNormalization = batchNormalization
    model.deep.dropout = dropout
    return model
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

/// Interrupts a run when it is called for the given time, and counts the calls.
final class CountedInterruption {
  private let moment: Int?
  private(set) var calls = 0

  init(_ moment: Int?) { self.moment = moment }

  func isDue() -> Bool {
    calls += 1
    return calls == moment
  }
}

/// A line of `metrics.jsonl`; `JSONSerialization` would round the numbers.
struct MetricLine: Decodable {
  let step, epoch, rows: Int
  let split: String
  let span: String?
  let AUC, logloss, train_loss, table_information_abundance, table_rankme: Double?
  let samples_per_second, seconds: Double?
  let learning_rate: Double
  let shares: [String: Double]?
}
