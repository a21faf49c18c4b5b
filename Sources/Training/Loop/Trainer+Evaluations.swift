import Models
import Platform

/// What happens between steps: evaluating the weights, keeping the best.
extension Trainer {
  /// Whether the current weights are due for evaluation and have not been evaluated yet.
  var isEvaluationDue: Bool {
    guard data.validation != nil, record.steps > 0, record.evaluations.last?.step != record.steps
    else {
      return false
    }
    return state.position.steps == 0 || settings.evalSteps.map { record.steps % $0 == 0 } ?? false
  }

  func evaluateIfDue() throws { if isEvaluationDue { try evaluateValid() } }

  /// Evaluates the validation rows and follows the schedule's verdict.
  func evaluateValid() throws {
    guard let valid = data.validation else { return }
    let speed = meter.pause()
    defer { meter.resume() }
    let watch = Stopwatch()
    let metrics: Metrics
    do {
      metrics = try self.metrics(of: "valid", valid)
    } catch TrainingFailure.interrupted(let step) {
      try saveCheckpoint()
      throw TrainingFailure.interrupted(step: step)
    }
    let collapse = TableCollapse(of: model, pool: pool)
    clock.add(.evaluate, watch.seconds)
    if let pass { clock.record(pass.progress) }
    try conclude(
      Evaluation(
        step: record.steps, epoch: record.epochs, rows: record.rows, split: "valid",
        metrics: metrics, trainLoss: state.position.meanLoss, collapse: collapse,
        learningRate: schedule.learningRate, samplesPerSecond: speed?.rowsPerSecond,
        shares: clock.shares()))
  }

  private func conclude(_ evaluation: Evaluation) throws {
    try append(evaluation)
    warnOfGrowth(evaluation)
    state.record.evaluations.append(evaluation)
    state.position.startAfterEvaluation()
    let verdict = schedule.judge(evaluation.metrics)
    if verdict.stops { endEarly() }
    if verdict.improved {
      state.record.best = evaluation
      try folder.saveBest(model, metadata: metadata)
    }
    observer?.observe(.evaluated(evaluation, improved: verdict.improved))
    try reportEpoch()
    warn(about: evaluation.metrics, of: "valid", isEpochOver: state.position.steps == 0)
    if verdict.reducedLearningRate {
      observer?.observe(.learningRateReduced(to: schedule.learningRate))
    }
    if verdict.stops {
      observer?.observe(.stoppedEarly(evaluations: schedule.progress.failures))
    }
    try saveCheckpoint()
  }

  /// Records that training stops early, perhaps within an epoch.
  private func endEarly() {
    state.record.stop = .early
    guard state.position.steps > 0 else { return }
    state.record.add(PassRecord(split: "train", rows: state.position.rows))
    endEpochReport()
  }

  /// Restores the best weights, or saves the last ones as the best without evaluations.
  func keepBest() throws {
    guard let best = record.best else { return try saveLastAsBest() }
    guard best.step < record.steps else { return }
    // Updates deferred until now belong to the weights that are replaced.
    optimizer.flush()
    try Checkpoint.load(into: model, from: folder.bestPath) {
      try check($0, of: folder.bestPath)
    }
    try SeenRows.load(into: model, from: folder.seenRowsPath)
    try leader.valuesWereLoaded()
    observer?.observe(.bestReloaded(step: best.step))
  }

  /// Evaluates the final weights and appends the test rows' line to `metrics.jsonl`.
  func finalMetrics(of split: String, _ open: (() throws -> any BatchSource)?) throws -> Metrics? {
    guard let open else { return nil }
    let watch = Stopwatch()
    let metrics = try metrics(of: split, open, isFinal: true)
    clock.add(.evaluate, watch.seconds)
    let evaluation = Evaluation(
      step: record.best?.step ?? record.steps, epoch: record.best?.epoch ?? record.epochs,
      rows: record.best?.rows ?? record.rows, split: split, metrics: metrics, trainLoss: nil,
      collapse: TableCollapse(of: model, pool: pool),
      learningRate: record.best?.learningRate ?? schedule.learningRate, samplesPerSecond: nil,
      shares: nil)
    if split == "test" { try append(evaluation) }
    observer?.observe(.evaluated(evaluation, improved: nil))
    if split == "test" { warn(about: metrics, of: split, isEpochOver: true) }
    return metrics
  }

  private func append(_ evaluation: Evaluation) throws {
    try folder.append(evaluation.json)
    try events?.append(evaluation)
  }

  private func metrics(
    of split: String, _ open: () throws -> any BatchSource, isFinal: Bool = false
  ) throws -> Metrics {
    optimizer.flush()
    let source = try open()
    let watch = Stopwatch()
    // Before the end of the first epoch, training has not seen all of its own rows.
    let isDue = unseen(of: split) == nil && unseen(of: "train") != nil
    let counter = isFinal || isDue ? UnseenCounter(model) : nil
    let groups = settings.group.map { _ in GroupedRows() }
    var metrics = try Evaluator(leader).evaluate(source, split: split) { batch, logits in
      counter?.add(batch)
      try groups?.add(batch, logits: logits)
      if isInterrupted() { throw TrainingFailure.interrupted(step: record.steps) }
      guard meter.isReportDue else { return }
      observer?.observe(
        .reading(task: "evaluating \(split)", source.progress, seconds: watch.seconds))
    }
    metrics.grouped = try groups?.auc()
    if isFinal {
      metrics.samplingWarning(
        of: split, shift: model.logitShift, negativeRate: source.negativeRate
      ).map { warn($0) }
    }
    let progress = source.progress
    let trainRows = record.passes.first { $0.split == "train" }?.rows ?? record.rows
    add(
      PassRecord(
        split: split, progress, schema: model.schema,
        unseen: counter?.result(
          progress.findings, trainRows: trainRows, rare: unseen(of: "train")?.worst ?? [])))
    return metrics
  }
}
