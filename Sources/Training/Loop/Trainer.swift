import ClickData
import LinearAlgebra
import Models
import Platform

/// Trains a model: epochs of steps, evaluations, the best weights kept and put back at the end.
///
/// With validation rows, each improvement is saved as the run's best checkpoint, `PlateauSchedule` steers
/// the learning rate and ends training, and the best weights are reloaded for the final evaluations.
/// Without, all epochs are trained and the last weights are saved as the best.
public final class Trainer {
  /// The optimizer at work.
  public let optimizer: any Optimizer
  /// What is known so far.
  public private(set) var record = TrainingRecord()

  private let model: CTRModel
  private let settings: TrainingSettings
  private let data: TrainingData
  private let folder: RunFolder
  private let metadata: [String: String]
  private let observer: (any TrainingObserver)?
  private let isInterrupted: () -> Bool
  private var schedule: PlateauSchedule
  private let logitGradient: Matrix
  private var meter = SpeedMeter()
  private var warned: Set<String> = []

  /// Prepares a run in a folder that has begun.
  ///
  /// `metadata` is written beside the weights; `isInterrupted` is asked after each step.
  public init(
    _ model: CTRModel, settings: TrainingSettings, data: TrainingData, folder: RunFolder,
    metadata: [String: String] = [:], pool: WorkerPool, observer: (any TrainingObserver)? = nil,
    isInterrupted: @escaping () -> Bool = { false }
  ) {
    self.model = model
    self.settings = settings
    self.data = data
    self.folder = folder
    self.metadata = metadata
    self.observer = observer
    self.isInterrupted = isInterrupted
    optimizer = settings.makeOptimizer(for: model.parameters, pool: pool)
    schedule = PlateauSchedule(settings)
    logitGradient = Matrix(rows: settings.batchSize, columns: 1)
  }

  /// Trains to the end and evaluates what came out.
  public func train() throws -> TrainingRecord {
    let watch = Stopwatch()
    optimizer.valuesChanged()
    for epoch in 1...max(settings.epochs, 1) where record.stop != .early {
      try trainEpoch(epoch)
    }
    try keepBest()
    record.valid = try finalMetrics(of: "valid", data.valid)
    record.test = try finalMetrics(of: "test", data.test)
    record.totalSeconds = watch.seconds
    return record
  }

  // MARK: Steps

  private func trainEpoch(_ epoch: Int) throws {
    record.epochs = epoch
    let totalRows = record.passes.first { $0.split == "train" }?.pass.rows
    observer?.observe(
      .epochStarted(epoch: epoch, of: settings.epochs, learningRate: schedule.learningRate))
    meter.startEpoch()
    let source = try data.train(epoch - 1)
    while record.stop != .early, let batch = try source.next() {
      guard batch.rows > 0 else { continue }
      let loss = try takeStep(batch)
      meter.add(rows: batch.rows, loss: loss)
      if meter.isReportDue { report(source.progress, totalRows: totalRows) }
      try saveIfInterrupted()
      if let every = settings.evalSteps, record.steps % every == 0 { try evaluateValid() }
    }
    record.add(source.progress, split: "train")
    guard record.rows > 0 else { throw TrainingFailure.noRows(split: "train") }
    if record.stop != .early && record.evaluations.last?.step != record.steps {
      try evaluateValid()
    }
  }

  /// Forward, loss, backward, update, zero; returns the mean loss of the batch.
  private func takeStep(_ batch: EncodedBatch) throws -> Double {
    let watch = Stopwatch()
    let logits = model.forward(batch)
    let gradient = logitGradient.view.rows(0..<batch.rows)
    let loss = BinaryCrossEntropy.forward(
      logits: logits, labels: batch.labels, gradient: gradient)
    guard loss.isFinite else { throw nonFiniteLoss() }
    model.backward(gradient)
    try optimizer.step(learningRate: schedule.learningRate)
    model.zeroGradients()
    record.steps += 1
    record.rows += batch.rows
    record.computeSeconds += watch.seconds
    return loss
  }

  private func nonFiniteLoss() -> TrainingFailure {
    let damaged = model.parameters.first { parameter in
      !UnsafeBufferPointer(start: parameter.value.base, count: parameter.count)
        .allSatisfy(\.isFinite)
    }
    return .nonFiniteLoss(
      step: record.steps + 1, tensor: damaged?.name ?? "the logits",
      learningRate: schedule.learningRate)
  }

  private func report(_ pass: ReadingProgress, totalRows: Int?) {
    let rows = meter.epochRows
    let fraction =
      totalRows.map { Double(rows) / Double(max($0, 1)) }
      ?? pass.totalBytes.map { Double(pass.bytesRead) / Double(max($0, 1)) }
    observer?.observe(
      .progress(
        TrainingProgress(
          epoch: record.epochs, step: record.steps, rows: rows, totalRows: totalRows,
          fraction: fraction.map { min($0, 1) }, rowsPerSecond: meter.epochRowsPerSecond,
          meanLoss: meter.meanLoss)))
  }

  private func saveIfInterrupted() throws {
    guard isInterrupted() else { return }
    try Checkpoint.save(model, metadata: metadata, to: folder.lastPath)
    throw TrainingFailure.interrupted(step: record.steps)
  }

  // MARK: Evaluations

  private func evaluateValid() throws {
    guard let valid = data.valid else { return }
    let samplesPerSecond = meter.pause()
    defer { meter.resume() }
    let learningRate = schedule.learningRate
    let evaluation = Evaluation(
      step: record.steps, epoch: record.epochs, rows: record.rows, split: "valid",
      metrics: try metrics(of: "valid", valid), learningRate: learningRate,
      samplesPerSecond: samplesPerSecond)
    try folder.append(evaluation)
    record.evaluations.append(evaluation)
    let verdict = schedule.judge(evaluation.metrics)
    if verdict.improved {
      record.best = evaluation
      try folder.saveBest(model, metadata: metadata)
    }
    observer?.observe(.evaluated(evaluation, improved: verdict.improved))
    warn(about: evaluation.metrics)
    if verdict.reducedLearningRate {
      observer?.observe(.learningRateReduced(to: schedule.learningRate))
    }
    if verdict.stops {
      record.stop = .early
      observer?.observe(.stoppedEarly(evaluations: schedule.failures))
    }
  }

  private func warn(about metrics: Metrics) {
    var warnings = metrics.warnings
    if metrics.auc == nil && settings.monitor.auc != 0 {
      warnings.append("valid: without an AUC the monitor is -logloss")
    }
    for warning in warnings where warned.insert(warning).inserted {
      observer?.observe(.warning(warning))
    }
  }

  private func keepBest() throws {
    guard let best = record.best else { return try folder.saveBest(model, metadata: metadata) }
    guard best.step < record.steps else { return }
    try Checkpoint.load(into: model, from: folder.bestPath)
    try SeenRows.load(into: model, from: folder.seenRowsPath)
    optimizer.valuesChanged()
    observer?.observe(.bestReloaded(step: best.step))
  }

  /// Evaluates the weights that stay; the test rows' line of `metrics.jsonl` is written here.
  private func finalMetrics(
    of split: String, _ open: (() throws -> any BatchSource)?
  ) throws -> Metrics? {
    guard let open else { return nil }
    let metrics = try metrics(of: split, open)
    let evaluation = Evaluation(
      step: record.best?.step ?? record.steps, epoch: record.best?.epoch ?? record.epochs,
      rows: record.best?.rows ?? record.rows, split: split, metrics: metrics,
      learningRate: record.best?.learningRate ?? schedule.learningRate, samplesPerSecond: nil)
    if split == "test" { try folder.append(evaluation) }
    observer?.observe(.evaluated(evaluation, improved: nil))
    return metrics
  }

  private func metrics(of split: String, _ open: () throws -> any BatchSource) throws -> Metrics {
    let watch = Stopwatch()
    let source = try open()
    let metrics = try Evaluator(model).evaluate(source, split: split)
    record.add(source.progress, split: split)
    record.evaluateSeconds += watch.seconds
    return metrics
  }
}
