import ClickData
import Configuration
import Models
import Platform
import Training

/// A run that evaluates each file of its training rows, or each day, before it trains on it.
///
/// Nothing that is evaluated has been seen before: encodings are fitted to the first part alone,
/// and before a part is trained on, after its evaluation, its values are appended to the
/// vocabularies. The larger model takes over the weights of the last checkpoint, as one of `--from`
/// does.
struct ProgressiveTraining {
  private let job: TrainingJob
  private let work: RunFolder
  private let watch = Stopwatch()

  init(_ job: TrainingJob, in work: RunFolder) {
    self.job = job
    self.work = work
  }

  private var line: ProgressLine { job.line }
  private var settings: TrainingSettings { job.configuration.training }

  /// Trains, or resumes, and returns the final metrics by split.
  func train(
    resumes: Bool, cancel: @escaping () -> Void
  ) throws -> [(name: String, metrics: Metrics)] {
    let dataset = try job.openDataset()
    if resumes {
      try job.checkOrigin(of: work)
      try job.check(dataset, of: work)
      try work.completeExchange()
    }
    let scan = ScanProgress(job, cancel: cancel)
    let parts = try dataset.trainingParts { scan.show($0, "days", at: nil) }
    guard !parts.isEmpty else { throw TrainingFailure.noRows(split: "train") }
    for gap in parts.compactMap(\.gap) { line.event("\(gap): no rows; left out") }
    let pool = job.makePool()
    var (file, first) =
      try resumes
      ? (EncoderFile(contentsOf: work.fieldsPath), 0) : begin(dataset, parts, scan)
    line.event(
      "progressive: \(parts.count) \(dataset.settings.split?.by == nil ? "files" : "days"), each "
        + "evaluated before it is trained on"
        + (resumes ? "" : "; encodings are \(origin(of: parts[first]))")
        + ", and vocabularies grow before each later one")
    job.describe(file.encoder)
    line.event(EncodingText.line(file.encoder))
    try checkMemory(dataset, file.encoder, pool, isFirst: true)
    if resumes {
      try work.update(configuration: job.configuration.yaml)
    } else {
      try work.begin(configuration: job.configuration.yaml, from: job.source?.origin)
      try file.save(to: work.fieldsPath)
    }
    var trainer: Trainer? = try job.trainer(dataset, file, parts: parts.count, pool, in: work)
    if resumes {
      try trainer?.resume()
    } else if let source = job.source {
      try trainer?.begin(from: source.start)
      try trainer?.saveProgress()
    } else {
      for part in parts[..<first] { trainer?.skip(part.name) }
      trainer?.beginWithoutEvaluation(parts[first].name)
    }
    while let next = try trainer.flatMap({
      try trainParts(parts, by: $0, dataset, file.encoder, scan)
    }) {
      try checkMemory(dataset, next.grown.encoder, pool, isFirst: false)
      // The old model is released before the new one is made.
      trainer = nil
      trainer = try grow(from: file, to: next.grown, next.handover, parts.count, dataset, pool)
      file = next.grown
    }
    guard let trainer else { preconditionFailure("ProgressiveTraining: no trainer") }
    let record = try trainer.finishParts(since: watch)
    try work.write(record.parts)
    try StandardStream.output.print(PartText.table(record.parts))
    return try job.finish(record, of: trainer, in: work)
  }

  /// What the first encodings are fitted to, in words.
  private func origin(of part: DataPart) -> String {
    job.source.map { "those of --from \($0.folder.path)" } ?? "fitted to \(part.name)"
  }

  /// The encoder with which the run begins, and the place of the first part with rows.
  private func begin(
    _ dataset: Dataset, _ parts: [DataPart], _ scan: ScanProgress
  ) throws -> (EncoderFile, Int) {
    if let source = job.source { return (EncoderFile(try dataset.adopt(source.encoder)), 0) }
    for (place, part) in parts.enumerated() {
      guard
        let encoder = try Self.unlessEmpty({
          try dataset.fit(part: part) { scan.show($0, "scan \(part.name)", at: nil) }
        }),
        try hasRows(part, dataset, encoder)
      else { continue }
      return (EncoderFile(encoder), place)
    }
    throw TrainingFailure.noRows(split: "train")
  }

  private func hasRows(
    _ part: DataPart, _ dataset: Dataset, _ encoder: FittedEncoder
  ) throws -> Bool {
    try Self.unlessEmpty {
      try dataset.batches(
        of: .train, part: part, encoder: encoder, batchSize: settings.batchSize
      ).next().map(\.rows) ?? 0
    } ?? 0 > 0
  }

  /// Evaluates parts and trains on them until the vocabularies have grown; nil after the last part.
  private func trainParts(
    _ parts: [DataPart], by trainer: Trainer, _ dataset: Dataset, _ encoder: FittedEncoder,
    _ scan: ScanProgress
  ) throws -> (grown: EncoderFile, handover: Trainer.Handover)? {
    while trainer.part <= parts.count {
      let part = parts[trainer.part - 1]
      guard !trainer.isPartEvaluated else {
        try trainer.trainPart(
          TrainingData(dataset, encoder: encoder, settings: settings, part: part, selects: false))
        continue
      }
      guard try evaluate(part, by: trainer, dataset, encoder) else { continue }
      let growth = try dataset.grow(encoder, part: part) {
        scan.show($0, "scan \(part.name)", at: trainer.record.steps)
      }
      for warning in GrowthText.warnings(growth) { line.event(warning) }
      guard growth.encoder.fields == encoder.fields else {
        return (EncoderFile(growth.encoder), trainer.handover)
      }
      try trainer.saveProgress()
    }
    return nil
  }

  /// Evaluates a part; false if it has no rows and is left out.
  private func evaluate(
    _ part: DataPart, by trainer: Trainer, _ dataset: Dataset, _ encoder: FittedEncoder
  ) throws -> Bool {
    let evaluated: Void? = try Self.unlessEmpty {
      try trainer.evaluate(
        part.name,
        dataset.batches(
          of: .train, part: part, encoder: encoder, batchSize: settings.batchSize))
    }
    guard evaluated == nil else { return true }
    trainer.skip(part.name)
    try trainer.saveProgress()
    return false
  }

  /// The result of reading a part; nil where it has no rows.
  private static func unlessEmpty<Result>(_ body: () throws -> Result) throws -> Result? {
    do {
      return try body()
    } catch DataFailure.noRows, DataFailure.emptyFile, TrainingFailure.noRows {
      return nil
    }
  }

  /// A trainer whose model has rows for the values of a grown encoder, which the run now has.
  private func grow(
    from file: EncoderFile, to grown: EncoderFile, _ handover: Trainer.Handover, _ parts: Int,
    _ dataset: Dataset, _ pool: WorkerPool
  ) throws -> Trainer {
    let trainer = try job.trainer(dataset, grown, parts: parts, pool, in: work)
    try work.prepare(grown)
    try trainer.takeOver(handover, schema: file.encoder.schema, seal: file.seal)
    try work.exchangeEncoders()
    return trainer
  }

  private func checkMemory(
    _ dataset: Dataset, _ encoder: FittedEncoder, _ pool: WorkerPool, isFirst: Bool
  ) throws {
    let need = job.need(dataset, encoder, pool)
    if isFirst { line.event(OutlineText.line(need)) }
    try MemoryLimit(option: job.memoryLimit).check(
      need.total, unallocated: need.unallocated, threads: pool.threads)
  }
}

/// Shows the progress of passes without training; an interruption ends the process in between.
private struct ScanProgress {
  private let job: TrainingJob
  private let cancel: () -> Void
  private let watch = Stopwatch()

  init(_ job: TrainingJob, cancel: @escaping () -> Void) {
    self.job = job
    self.cancel = cancel
  }

  /// `step` is that of the last checkpoint; nil where there is none.
  func show(_ reading: ReadingProgress, _ label: String, at step: Int?) {
    job.line.update(
      TrainingReporter.progress(reading, label: label, seconds: watch.seconds))
    guard Interruption.isRequested else { return }
    job.line.clear()
    if step == nil { job.spool.remove() }
    cancel()
    ExitStatus.exit(
      after: step.map(TrainingFailure.interrupted) ?? Interrupted(work: "train"))
  }
}
