import ClickData
import Foundation
import LinearAlgebra
import Models
import Platform
import Training

/// One run from its configuration to its results.
struct TrainingJob {
  let configuration: Configuration
  let folder: RunFolder
  let threads: Int
  let line: ProgressLine

  /// Trains, and returns the final metrics by split.
  func run() throws -> [(name: String, metrics: Metrics)] {
    let (dataset, encoder) = try scan()
    let pool = WorkerPool(threads: threads)
    let need = need(encoder.schema, pool)
    line.event(OutlineText.line(need))
    try MemoryLimit.check(need.total)
    try folder.begin(configuration: configuration.yaml)
    try encoder.save(to: "\(folder.encoderPath)/fields.json")
    let model = CTRModel(
      schema: encoder.schema, settings: configuration.model,
      batchCapacity: configuration.training.batchSize,
      seed: UInt64(bitPattern: Int64(configuration.training.seed)), pool: pool)
    let reporter = TrainingReporter(line)
    let trainer = Trainer(
      model, settings: configuration.training,
      data: TrainingData(dataset, encoder: encoder, settings: configuration.training),
      folder: folder,
      metadata: ["config": configuration.yaml], pool: pool, observer: reporter,
      isInterrupted: { Interruption.isAsked })
    let record = try trainer.train()
    try folder.write(
      RunResult(
        name: configuration.run, record: record, parameters: model.parameters,
        optimizer: trainer.optimizer.semantics, seed: configuration.training.seed,
        threads: threads, blas: OpenBLAS.description, version: SFG.version))
    line.clear()
    return [("valid", record.valid), ("test", record.test)].compactMap { name, metrics in
      metrics.map { (name, $0) }
    }
  }

  /// What would be trained, as text; nothing is trained and nothing written.
  func outline() throws -> String {
    let (_, encoder) = try scan()
    line.clear()
    let pool = WorkerPool(threads: threads)
    let model = CTRModel.onPaper(
      schema: encoder.schema, settings: configuration.model, batchCapacity: 1, pool: pool)
    return "\(OutlineText.table(model))\n\(OutlineText.line(need(encoder.schema, pool)))"
  }

  private func scan() throws -> (Dataset, FittedEncoder) {
    let dataset = try Dataset(settings: configuration.dataset, features: configuration.features)
    let watch = Stopwatch()
    let encoder = try dataset.fit { reading in
      line.update(
        TrainingReporter.progress(reading, label: "scan", seconds: watch.seconds))
    }
    return (dataset, encoder)
  }

  private func need(_ schema: [FieldSchema], _ pool: WorkerPool) -> MemoryNeed {
    MemoryNeed(
      schema: schema, model: configuration.model, training: configuration.training, pool: pool)
  }
}
