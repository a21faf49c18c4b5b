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
    let dataset = try Dataset(settings: configuration.dataset, features: configuration.features)
    let watch = Stopwatch()
    let encoder = try dataset.fit { reading in
      line.update(
        TrainingReporter.progress(reading, label: "scan", seconds: watch.seconds))
    }
    try announceNeed(encoder.schema)
    try folder.begin(configuration: configuration.yaml)
    try encoder.save(to: "\(folder.encoderPath)/fields.json")
    let pool = WorkerPool(threads: threads)
    let model = CTRModel(
      schema: encoder.schema, settings: configuration.model,
      batchCapacity: configuration.training.batchSize,
      seed: UInt64(bitPattern: Int64(configuration.training.seed)), pool: pool)
    let reporter = TrainingReporter(line)
    let trainer = Trainer(
      model, settings: configuration.training, data: data(dataset, encoder), folder: folder,
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

  /// The passes over the splits that the data set has; the shuffle is seeded as the weights are.
  private func data(_ dataset: Dataset, _ encoder: FittedEncoder) -> TrainingData {
    let training = configuration.training
    func stored(_ split: Split) -> (() throws -> any BatchSource)? {
      guard dataset.has(split) else { return nil }
      return { try dataset.batches(of: split, encoder: encoder, batchSize: training.batchSize) }
    }
    return TrainingData(
      train: { epoch in
        let order =
          training.shuffle
          ? RowOrder.shuffled(
            seed: training.seed, epoch: epoch, bufferRows: training.shuffleRows) : .stored
        return try dataset.batches(
          of: .train, encoder: encoder, batchSize: training.batchSize, order: order)
      }, valid: stored(.valid), test: stored(.test))
  }

  private func announceNeed(_ schema: [FieldSchema]) throws {
    let need = MemoryNeed(
      schema: schema, model: configuration.model, training: configuration.training)
    func megabytes(_ bytes: Int) -> String { "\(Readable.count(bytes))B" }
    line.event(
      "memory: \(megabytes(need.total)), of which parameters \(megabytes(need.parameters)), "
        + "optimizer state \(megabytes(need.optimizerState)), "
        + "gradients and batches \(megabytes(need.total - need.parameters - need.optimizerState))")
    try MemoryLimit.check(need.total)
  }
}
