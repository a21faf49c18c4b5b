import ClickData
import Cluster
import Configuration
import Foundation
import LinearAlgebra
import Models
import Platform
import Training

/// One training run, from its configuration to its results.
struct TrainingJob {
  /// The version of the program, which results record.
  static let version = "0.2.0"

  let configuration: RunConfiguration
  let folder: RunFolder
  /// The run whose weights this one begins with.
  let source: WarmSource?
  let threads: Int
  let memoryLimit: ByteCount?
  let line: ProgressLine
  let spool: Spool
  /// The folder of encodings that were fitted before; nil to fit them.
  let encodings: String?
  /// The processes that train; this one is rank 0.
  let ranks: any Collectives
  let reporter: TrainingReporter

  init(
    configuration: RunConfiguration, folder: RunFolder, source: WarmSource? = nil, threads: Int,
    memoryLimit: ByteCount?, line: ProgressLine, spool: Spool, encodings: String? = nil,
    ranks: any Collectives = SingleProcess()
  ) {
    self.configuration = configuration
    self.folder = folder
    self.source = source
    self.threads = threads
    self.memoryLimit = memoryLimit
    self.line = line
    self.spool = spool
    self.encodings = encodings
    self.ranks = ranks
    reporter = TrainingReporter(line)
  }

  /// Trains, or resumes from the last checkpoint, and returns the final metrics by split; none
  /// where nothing was to be done.
  func run(_ request: RunStart.Request) throws -> [(name: String, metrics: Metrics)] {
    try RunStart.check(folder, request)
    // Fail before reading the data if the folder cannot be written.
    try RunReplacement.claim(folder)
    defer { folder.release() }
    if request.resume, source == nil { try checkNoOriginIsLost() }
    switch try RunStart(in: folder, configuration, request) {
    case .unchanged(let reason):
      line.event(reason)
      return []
    case .inPlace(let resumes):
      if request.resume && !resumes {
        line.event("\(folder.path): no checkpoint to resume from; training from the start")
      }
      return try train(in: folder, resumes: resumes) { folder.release() }
    case .beside(let replacement, let resumes):
      return try train(replacement, resumes: resumes)
    }
  }

  /// Trains beside a finished run, and replaces it at the end.
  private func train(
    _ replacement: RunReplacement, resumes: Bool
  ) throws -> [(name: String, metrics: Metrics)] {
    do {
      let metrics = try train(in: replacement.folder, resumes: resumes) { abandon(replacement) }
      try replacement.commit()
      return metrics
    } catch {
      abandon(replacement)
      throw error
    }
  }

  /// Keeps a new run that did not finish, if it has a checkpoint, and says so.
  private func abandon(_ replacement: RunReplacement) {
    guard replacement.canResume else {
      try? replacement.discard()
      return
    }
    replacement.folder.release()
    line.event(
      "\(folder.path): the finished run is unchanged; the new one is kept in "
        + "\(replacement.folder.path), and --resume continues it")
  }

  /// Trains in a folder that is locked; `cancel` is called before the process exits during a scan.
  private func train(
    in work: RunFolder, resumes: Bool, cancel: @escaping () -> Void
  ) throws -> [(name: String, metrics: Metrics)] {
    guard !configuration.training.progressive else {
      return try ProgressiveTraining(self, in: work).train(resumes: resumes, cancel: cancel)
    }
    let (dataset, file, rows) = try resumes ? reopen(work) : scan(cancel)
    if resumes {
      try checkOrigin(of: work)
      try check(dataset, of: work)
    }
    let encoder = file.encoder
    try checkGroup(dataset, encoder)
    let pool = makePool()
    let need = need(dataset, encoder, pool)
    line.event(OutlineText.line(need))
    try MemoryLimit(option: memoryLimit).check(
      need.total, unallocated: need.unallocated, threads: pool.threads)
    if configuration.training.keep == .all {
      line.event(OutlineText.keptEpochs(bytes: need.parameters, configuration.training.epochs))
    }
    // Syncing the first files to disk takes as long as drawing the weights: do both at once.
    let begun = try BackgroundResult {
      guard !resumes else { return try work.update(configuration: configuration.yaml) }
      try work.begin(configuration: configuration.yaml, from: source?.origin)
      try file.save(to: work.fieldsPath)
    }
    let trainer = try trainer(dataset, file, trainRows: rows, pool, in: work)
    try begun.value()
    if resumes { try trainer.resume() }
    if !resumes, let source { try trainer.begin(from: source.start) }
    return try finish(try trainer.train(), of: trainer, in: work)
  }

  /// Writes the results of a run and returns its final metrics.
  func finish(
    _ record: TrainingRecord, of trainer: Trainer, in work: RunFolder
  ) throws -> [(name: String, metrics: Metrics)] {
    try write(record, of: trainer, to: work)
    line.event(TrainingReporter.time(record))
    return [("valid", record.valid), ("test", record.test)].compactMap { name, metrics in
      metrics.map { (name, $0) }
    }
  }

  /// The text of a dry run, which trains and writes nothing.
  func outline() throws -> String {
    let (dataset, file, _) = try scan {}
    let encoder = file.encoder
    line.clear()
    let pool = WorkerPool(threads: threads)
    let model = CTRModel.unallocated(
      schema: encoder.schema, settings: configuration.model, batchCapacity: 1, pool: pool)
    return "\(OutlineText.table(model))\n\(OutlineText.line(need(dataset, encoder, pool)))"
  }

  /// Starts the threads, or as many as the system allows.
  func makePool() -> WorkerPool {
    let pool = WorkerPool(threads: threads)
    if pool.threads < threads {
      line.event(
        "warning: threads: the system refused \(threads - pool.threads) of \(threads); "
          + "training with \(pool.threads)")
    }
    return pool
  }

  /// A trainer with a new model, over all training rows at once or in so many parts.
  func trainer(
    _ dataset: Dataset, _ file: EncoderFile, trainRows: Int? = nil, parts: Int? = nil,
    _ pool: WorkerPool, in work: RunFolder
  ) throws -> Trainer {
    let encoder = file.encoder
    var training = configuration.training
    // Each part is an epoch.
    if let parts { training.epochs = parts }
    if training.precision.isEmulated { line.event(OutlineText.emulated(training.precision)) }
    if ranks.ranks > 1 { line.event(OutlineText.ranks(ranks)) }
    let leader = try RankLeader(
      over: ranks, configuration: configuration.yaml, settings: training, schema: encoder.schema
    ) { configuration.makeModel(encoder.schema, share: $0, pool) }
    return Trainer(
      leader, settings: training,
      data: TrainingData(
        dataset, encoder: encoder, settings: training, trainRows: trainRows,
        selects: parts == nil), folder: work,
      metadata: EncoderPair.metadata(seal: file.seal).merging(["config": configuration.yaml]) {
        $1
      },
      pool: pool, observer: reporter,
      isInterrupted: { Interruption.isRequested })
  }

  func write(_ record: TrainingRecord, of trainer: Trainer, to work: RunFolder) throws {
    try work.write(
      RunResult(
        name: configuration.run, record: record, parameters: trainer.parameters,
        optimizer: trainer.optimizer.semantics, seed: configuration.training.seed,
        threads: threads, blas: OpenBLAS.description,
        precision: configuration.training.precision, version: Self.version,
        origin: try work.origin(), ranks: try trainer.rankSummary()))
    if !configuration.training.keepLast { try work.dropLast() }
  }

  func need(
    _ dataset: Dataset, _ encoder: FittedEncoder, _ pool: WorkerPool
  ) -> MemoryNeed {
    MemoryNeed(
      schema: encoder.schema, model: configuration.model, training: configuration.training,
      readingBytes: dataset.readAheadBytes(of: .train),
      evaluatedRows: [.valid, .test].compactMap(dataset.estimatedRows).max() ?? 0,
      residentBytes: Machine.residentBytes, weighted: configuration.dataset.weight != nil,
      pool: pool)
  }
}
