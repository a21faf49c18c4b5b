import ClickData
import Configuration
import Foundation
import LinearAlgebra
import Models
import Platform
import Training

/// One run from its configuration to its results.
struct TrainingJob {
  let configuration: RunConfiguration
  let folder: RunFolder
  let threads: Int
  let memoryLimit: ByteCount?
  let line: ProgressLine

  /// Trains, or goes on from the last checkpoint, and returns the final metrics by split.
  func run(resuming: Bool) throws -> [(name: String, metrics: Metrics)] {
    // A folder that cannot be written to is found before the data are read.
    try folder.claim()
    defer { folder.release() }
    let resumes = resuming && folder.hasCheckpoint
    if resuming && !resumes {
      line.event("\(folder.path): no checkpoint to go on from: training begins")
    }
    if resumes { try Trainer.check(folder, isOf: configuration.yaml) }
    let (dataset, encoder) = try resumes ? reopen() : scan()
    let pool = WorkerPool(threads: threads)
    let need = need(dataset, encoder, pool)
    line.event(OutlineText.line(need))
    try MemoryLimit.check(need.total, limit: memoryLimit)
    // The disk takes as long to hold the run's first files as the first weights take to be drawn.
    let begun = BackgroundResult {
      guard !resumes else { return }
      try folder.begin(configuration: configuration.yaml)
      try encoder.save(to: encoderPath)
    }
    let trainer = trainer(dataset, encoder, pool)
    try begun.value()
    if resumes { try trainer.resume() }
    let record = try trainer.train()
    try write(record, of: trainer)
    line.clear()
    return [("valid", record.valid), ("test", record.test)].compactMap { name, metrics in
      metrics.map { (name, $0) }
    }
  }

  /// What would be trained, as text; nothing is trained and nothing written.
  func outline() throws -> String {
    let (dataset, encoder) = try scan()
    line.clear()
    let pool = WorkerPool(threads: threads)
    let model = CTRModel.unallocated(
      schema: encoder.schema, settings: configuration.model, batchCapacity: 1, pool: pool)
    return "\(OutlineText.table(model))\n\(OutlineText.line(need(dataset, encoder, pool)))"
  }

  private var encoderPath: String { "\(folder.encoderPath)/fields.json" }

  private func trainer(
    _ dataset: Dataset, _ encoder: FittedEncoder, _ pool: WorkerPool
  ) -> Trainer {
    let training = configuration.training
    let model = CTRModel(
      schema: encoder.schema, settings: configuration.model, batchCapacity: training.batchSize,
      seed: UInt64(bitPattern: Int64(training.seed)), rowHistory: training.rowHistory, pool: pool)
    return Trainer(
      model, settings: training,
      data: TrainingData(dataset, encoder: encoder, settings: training), folder: folder,
      metadata: ["config": configuration.yaml], pool: pool, observer: TrainingReporter(line),
      isInterrupted: { Interruption.isAsked })
  }

  private func write(_ record: TrainingRecord, of trainer: Trainer) throws {
    try folder.write(
      RunResult(
        name: configuration.run, record: record, parameters: trainer.parameters,
        optimizer: trainer.optimizer.semantics, seed: configuration.training.seed,
        threads: threads, blas: OpenBLAS.description, version: SFG.version))
  }

  /// Reads the training rows once, where the encodings need it.
  private func scan() throws -> (Dataset, FittedEncoder) {
    let dataset = try openDataset()
    let watch = Stopwatch()
    let encoder = try dataset.fit { reading in
      line.update(
        TrainingReporter.progress(reading, label: "scan", seconds: watch.seconds))
      guard Interruption.isAsked else { return }
      line.clear()
      folder.release()
      ExitStatus.exit(after: Interrupted(work: "train"))
    }
    return (dataset, encoder)
  }

  /// The run's own encodings, without another scan.
  private func reopen() throws -> (Dataset, FittedEncoder) {
    (try openDataset(), try FittedEncoder(contentsOf: encoderPath))
  }

  private func openDataset() throws -> Dataset {
    try Dataset(
      settings: configuration.dataset, features: configuration.features,
      cache: RunCache.folder(
        of: configuration.dataset, run: folder,
        writes: configuration.dataset.cache != .auto || configuration.training.epochs > 1
      ) { [line] in line.event(CacheText.sentence($0)) })
  }

  private func need(
    _ dataset: Dataset, _ encoder: FittedEncoder, _ pool: WorkerPool
  ) -> MemoryNeed {
    MemoryNeed(
      schema: encoder.schema, model: configuration.model, training: configuration.training,
      readingBytes: dataset.readAheadBytes(of: .train) + encoder.vocabularyBytes, pool: pool)
  }
}
