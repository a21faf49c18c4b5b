import ClickData
import Configuration
import Foundation
import LinearAlgebra
import Models
import Platform
import Training

/// One training run, from its configuration to its results.
struct TrainingJob {
  /// The version of the program, which results record.
  static let version = "0.1.0"

  let configuration: RunConfiguration
  let folder: RunFolder
  let threads: Int
  let memoryLimit: ByteCount?
  let line: ProgressLine
  let spool: Spool
  private let reporter: TrainingReporter

  init(
    configuration: RunConfiguration, folder: RunFolder, threads: Int, memoryLimit: ByteCount?,
    line: ProgressLine, spool: Spool
  ) {
    self.configuration = configuration
    self.folder = folder
    self.threads = threads
    self.memoryLimit = memoryLimit
    self.line = line
    self.spool = spool
    reporter = TrainingReporter(line)
  }

  /// Trains, or resumes from the last checkpoint, and returns the final metrics by split.
  func run(resuming: Bool) throws -> [(name: String, metrics: Metrics)] {
    // Fail before reading the data if the folder cannot be written.
    try folder.claim()
    defer { folder.release() }
    let resumes = resuming && folder.hasCheckpoint
    if resuming && !resumes {
      line.event("\(folder.path): no checkpoint to resume from; training from the start")
    }
    if resumes { try Trainer.check(folder, isOf: configuration.yaml) }
    let (dataset, file, rows) = try resumes ? reopen() : scan()
    let encoder = file.encoder
    let pool = makePool()
    let need = need(dataset, encoder, pool)
    line.event(OutlineText.line(need))
    try MemoryLimit(option: memoryLimit).check(
      need.total, unallocated: need.unallocated, threads: pool.threads)
    // Syncing the first files to disk takes as long as drawing the weights: do both at once.
    let begun = try BackgroundResult {
      guard !resumes else { return }
      try folder.begin(configuration: configuration.yaml)
      try file.save(to: folder.fieldsPath)
    }
    let trainer = trainer(dataset, file, trainRows: rows, pool)
    try begun.value()
    if resumes { try trainer.resume() }
    let record = try trainer.train()
    try write(record, of: trainer)
    line.event(TrainingReporter.time(record))
    return [("valid", record.valid), ("test", record.test)].compactMap { name, metrics in
      metrics.map { (name, $0) }
    }
  }

  /// The text of a dry run, which trains and writes nothing.
  func outline() throws -> String {
    let (dataset, file, _) = try scan()
    let encoder = file.encoder
    line.clear()
    let pool = WorkerPool(threads: threads)
    let model = CTRModel.unallocated(
      schema: encoder.schema, settings: configuration.model, batchCapacity: 1, pool: pool)
    return "\(OutlineText.table(model))\n\(OutlineText.line(need(dataset, encoder, pool)))"
  }

  /// Starts the threads, or as many as the system allows.
  private func makePool() -> WorkerPool {
    let pool = WorkerPool(threads: threads)
    if pool.threads < threads {
      line.event(
        "warning: threads: the system refused \(threads - pool.threads) of \(threads); "
          + "training with \(pool.threads)")
    }
    return pool
  }

  private func trainer(
    _ dataset: Dataset, _ file: EncoderFile, trainRows: Int?, _ pool: WorkerPool
  ) -> Trainer {
    let encoder = file.encoder
    let training = configuration.training
    let model = CTRModel(
      schema: encoder.schema, settings: configuration.model, batchCapacity: training.batchSize,
      seed: UInt64(bitPattern: Int64(training.seed)), rowHistory: training.rowHistory, pool: pool)
    return Trainer(
      model, settings: training,
      data: TrainingData(
        dataset, encoder: encoder, settings: training, trainRows: trainRows), folder: folder,
      metadata: EncoderPair.metadata(seal: file.seal).merging(["config": configuration.yaml]) { $1 },
      pool: pool, observer: reporter,
      isInterrupted: { Interruption.isRequested })
  }

  private func write(_ record: TrainingRecord, of trainer: Trainer) throws {
    try folder.write(
      RunResult(
        name: configuration.run, record: record, parameters: trainer.parameters,
        optimizer: trainer.optimizer.semantics, seed: configuration.training.seed,
        threads: threads, blas: OpenBLAS.description, version: Self.version))
  }

  /// Fits the encodings; returns the number of training rows too, if that takes a pass over them.
  private func scan() throws -> (Dataset, EncoderFile, Int?) {
    let dataset = try openDataset()
    let watch = Stopwatch()
    var scanned: ReadingProgress?
    let encoder = try dataset.fit { reading in
      scanned = reading
      line.update(TrainingReporter.progress(reading, label: "scan", seconds: watch.seconds))
      guard Interruption.isRequested else { return }
      line.clear()
      spool.remove()
      folder.release()
      ExitStatus.exit(after: Interrupted(work: "train"))
    }
    if configuration.dataset.format == .delimited, configuration.dataset.label == nil {
      line.event(
        "warning: the label is \"\(encoder.label)\", the first column of the header; "
          + "set dataset.label to name it")
    }
    scanned.map { reporter.report($0.badRows, beside: $0.rows, of: "train") }
    line.event(EncodingText.line(encoder))
    return (dataset, EncoderFile(encoder), scanned?.rows)
  }

  /// The encodings of the run, without another scan.
  private func reopen() throws -> (Dataset, EncoderFile, Int?) {
    (try openDataset(), try EncoderFile(contentsOf: folder.fieldsPath), nil)
  }

  private func openDataset() throws -> Dataset {
    let training = configuration.training
    let dataset = try Dataset(
      settings: configuration.dataset, features: configuration.features,
      cache: RunCache.folder(
        of: configuration.dataset, run: folder,
        writes: configuration.dataset.cache != .auto || training.epochs > 1
      ) { [line] in line.event(CacheText.sentence($0)) }, spool: spool)
    try dataset.copyPipes(passes: training.evalSteps == nil ? training.epochs : .max)
    return dataset
  }

  private func need(
    _ dataset: Dataset, _ encoder: FittedEncoder, _ pool: WorkerPool
  ) -> MemoryNeed {
    MemoryNeed(
      schema: encoder.schema, model: configuration.model, training: configuration.training,
      readingBytes: dataset.readAheadBytes(of: .train),
      evaluatedRows: [.valid, .test].compactMap(dataset.estimatedRows).max() ?? 0,
      residentBytes: Machine.residentBytes, pool: pool)
  }
}
