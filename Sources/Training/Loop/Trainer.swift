import ClickData
import LinearAlgebra
import Models
import Platform

/// Trains a model: epochs of steps, evaluations, and the best weights restored at the end.
///
/// With validation rows, each improvement is saved as the run's best checkpoint, `PlateauSchedule`
/// controls the learning rate and ends training, and the best weights are restored for the final
/// evaluations. Without them, all epochs are trained and the last weights are saved as the best. A
/// checkpoint from which a run resumes with the same bits is saved at every evaluation, at the end
/// of every epoch, every `checkpoint_minutes` and on interruption.
public final class Trainer {
  /// The optimizer.
  public var optimizer: any Optimizer { leader.optimizer }
  /// The parameters being trained.
  public var parameters: [Parameter] { model.parameters }
  /// The record so far.
  public var record: TrainingRecord { state.record }

  /// The model, the optimizer and the ranks that take steps.
  let leader: RankLeader
  var model: CTRModel { leader.model }
  let settings: TrainingSettings
  /// The splits; of a progressive run, with the part that is trained on.
  var data: TrainingData
  let folder: RunFolder
  let metadata: [String: String]
  let pool: WorkerPool
  let observer: (any TrainingObserver)?
  let isInterrupted: () -> Bool
  var state: TrainingState
  var schedule: PlateauSchedule
  var meter = SpeedMeter()
  var clock = PhaseClock()
  var warned: Set<String> = []
  var sinceCheckpoint = Stopwatch()
  var events: TensorBoardEvents?
  /// Counts the training rows' values outside vocabularies, in the first complete epoch.
  var census: UnseenCounter?
  /// The current pass over the training rows.
  var pass: (any BatchSource)?

  /// Prepares a run of one process in a folder that has begun.
  ///
  /// `metadata` is saved with the weights; `isInterrupted` is called after each batch.
  public convenience init(
    _ model: CTRModel, settings: TrainingSettings, data: TrainingData, folder: RunFolder,
    metadata: [String: String] = [:], pool: WorkerPool, observer: (any TrainingObserver)? = nil,
    isInterrupted: @escaping () -> Bool = { false }
  ) {
    self.init(
      RankLeader(model, settings: settings), settings: settings, data: data, folder: folder,
      metadata: metadata, pool: pool, observer: observer, isInterrupted: isInterrupted)
  }

  /// The same for the ranks that a leader leads.
  public init(
    _ leader: RankLeader, settings: TrainingSettings, data: TrainingData, folder: RunFolder,
    metadata: [String: String] = [:], pool: WorkerPool, observer: (any TrainingObserver)? = nil,
    isInterrupted: @escaping () -> Bool = { false }
  ) {
    self.leader = leader
    self.settings = settings
    self.data = data
    self.folder = folder
    self.metadata = metadata
    self.pool = pool
    self.observer = observer
    self.isInterrupted = isInterrupted
    schedule = PlateauSchedule(settings)
    state = TrainingState(schedule: schedule.progress)
    events = settings.tensorboard ? TensorBoardEvents(folder: folder.tensorboardPath) : nil
  }

  /// Trains to the end and evaluates the resulting weights.
  public func train() throws -> TrainingRecord {
    try explainingFailures { try trainAndEvaluate() }
  }

  /// Runs `body`; a folder that was removed explains why one of its files cannot be written.
  func explainingFailures<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let failure as FileFailure {
      try folder.checkInPlace()
      throw failure
    }
  }

  private func trainAndEvaluate() throws -> TrainingRecord {
    let watch = Stopwatch()
    sinceCheckpoint = Stopwatch()
    optimizer.resume(steps: state.optimizerSteps)
    try evaluateIfDue()
    try reportEpoch()
    while record.stop != .early, state.position.epoch <= max(settings.epochs, 1) {
      try trainEpoch()
    }
    return try finish(since: watch)
  }

  /// Keeps the best weights and evaluates them.
  func finish(since watch: Stopwatch) throws -> TrainingRecord {
    try keepBest()
    state.record.valid = try finalMetrics(of: "valid", data.valid)
    state.record.test = try finalMetrics(of: "test", data.test)
    state.record.seconds = clock.seconds
    state.record.totalSeconds = watch.seconds
    return record
  }

  // MARK: Steps

  func trainEpoch() throws {
    let epoch = state.position.epoch
    state.record.epochs = epoch
    observer?.observe(
      .epochStarted(epoch: epoch, of: settings.epochs, learningRate: schedule.learningRate))
    meter.startEpoch(after: state.position.rows)
    let source = try data.train(epoch - 1)
    pass = source
    defer { pass = nil }
    census = unseen(of: "train") == nil ? UnseenCounter(model, training: true) : nil
    if state.position.steps > 0 {
      try skip(source)
      meter.startEpoch(after: state.position.rows)
    }
    let totalRows =
      record.passes.first { $0.split == "train" && $0.badRows != nil && data.selects }?.rows
      ?? data.trainRows
    while record.stop != .early, let batch = try source.next() {
      guard batch.rows > 0 else { continue }
      try takeStep(batch)
      examine(batch)
      if meter.isReportDue { report(source.progress, totalRows: totalRows) }
      try evaluateIfDue()
      try reportStepsIfDue()
      if let minutes = settings.checkpointMinutes, sinceCheckpoint.seconds >= 60 * minutes {
        try saveCheckpoint()
      }
      try stopIfInterrupted()
    }
    clock.record(source.progress, hasEnded: true)
    // An evaluation must not count this pass again.
    pass = nil
    if record.stop != .early { try endEpoch(source.progress) }
  }

  /// Skips the batches of an epoch that were trained before the checkpoint.
  private func skip(_ source: any BatchSource) throws {
    var steps = 0
    var rows = 0
    let watch = Stopwatch()
    while steps < state.position.steps, let batch = try source.next() {
      guard batch.rows > 0 else { continue }
      steps += 1
      rows += batch.rows
      census?.add(batch)
      guard !isInterrupted() else { throw TrainingFailure.interrupted(step: record.steps) }
      guard meter.isReportDue else { continue }
      observer?.observe(
        .reading(
          task: "resuming epoch \(state.position.epoch)", source.progress,
          seconds: watch.seconds))
    }
    guard rows == state.position.rows else {
      throw TrainingFailure.dataChanged(
        epoch: state.position.epoch, expected: state.position.rows, found: rows)
    }
  }

  private func endEpoch(_ progress: ReadingProgress) throws {
    let rare = census?.result(progress.findings, trainRows: nil)
    census = nil
    add(PassRecord(split: "train", progress, schema: model.schema, unseen: rare))
    guard record.rows > 0 else { throw TrainingFailure.noRows(split: "train") }
    guard state.position.weight > 0 else {
      throw TrainingFailure.noWeight(split: "train", rows: state.position.rows)
    }
    warnOfOneClass(rows: state.position.rows, positives: state.position.positives)
    endEpochReport()
    if settings.keep == .all {
      try folder.saveEpoch(state.position.epoch, model, metadata: metadata)
    }
    state.record.completePart(rows: state.position.rows)
    state.position.startNextEpoch()
    if isEvaluationDue {
      try evaluateValid()
    } else {
      try reportEpoch()
      if data.validation != nil || state.position.epoch <= settings.epochs { try saveCheckpoint() }
    }
    try stopIfInterrupted()
  }

  /// Forward, loss, backward, update, zero.
  private func takeStep(_ batch: EncodedBatch) throws {
    let watch = Stopwatch()
    let weight = batch.weight
    let (loss, logits) = try leader.backward(
      batch, weight: weight, learningRate: schedule.learningRate)
    guard loss.isFinite else { throw nonFiniteLoss(batch, logits) }
    let computed = watch.seconds
    clock.add(.compute, computed)
    try update(for: batch)
    clock.add(.update, watch.seconds - computed)
    state.record.steps += 1
    state.record.rows += batch.rows
    state.position.add(
      rows: batch.rows, positives: batch.positives, weight: weight, meanLoss: loss)
    meter.add(rows: batch.rows, weight: weight, loss: loss)
  }

  private func update(for batch: EncodedBatch) throws {
    do {
      try leader.update(learningRate: schedule.learningRate)
    } catch TrainingFailure.nonFiniteGradient(_, let tensor, let learningRate, _) {
      throw TrainingFailure.nonFiniteGradient(
        step: record.steps + 1, tensor: tensor, learningRate: learningRate, rows: BatchRows(batch))
    }
  }

  /// `logits` are those of the batch's first rows, as many as rank 0 has computed.
  private func nonFiniteLoss(_ batch: EncodedBatch, _ logits: MatrixView) -> TrainingFailure {
    optimizer.flush()
    let damaged = model.parameters.first { parameter in
      let value = parameter.flushedValue().view
      return !(0..<value.rows).allSatisfy { row in
        UnsafeBufferPointer(start: value.row(row), count: value.columns).allSatisfy(\.isFinite)
      }
    }
    return .nonFiniteLoss(
      step: record.steps + 1, tensor: damaged?.name ?? "the logits",
      learningRate: schedule.learningRate,
      rows: BatchRows(batch) { $0 >= logits.rows || !logits[$0, 0].isFinite })
  }

  private func report(_ pass: ReadingProgress, totalRows: Int?) {
    let rows = meter.epochRows
    let fraction =
      totalRows.map { Double(rows) / Double(max($0, 1)) }
      ?? pass.totalBytes.map { Double(pass.bytesRead) / Double(max($0, 1)) }
    observer?.observe(
      .progress(
        TrainingProgress(
          epoch: record.epochs, rows: rows, totalRows: totalRows,
          fraction: fraction.map { min($0, 1) }, rowsPerSecond: meter.epochRowsPerSecond ?? 0,
          meanLoss: meter.meanLoss)))
  }
}

extension EncodedBatch {
  /// The number of clicked rows.
  fileprivate var positives: Int { (0..<rows).count { labels[$0] > 0.5 } }
  /// The sum of the rows' weights: the number of rows where each counts once.
  fileprivate var weight: Double {
    weights.map { RowWeights.sum($0, rows: rows) } ?? Double(rows)
  }
}
