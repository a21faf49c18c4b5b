import Models
import Platform

/// What happens between steps: judging the weights, keeping the best, warning.
extension Trainer {
  /// Whether the weights as they are now have yet to be judged.
  var isEvaluationDue: Bool {
    guard data.valid != nil, record.steps > 0, record.evaluations.last?.step != record.steps else {
      return false
    }
    return state.position.steps == 0 || settings.evalSteps.map { record.steps % $0 == 0 } ?? false
  }

  func evaluateIfDue() throws {
    if isEvaluationDue { try evaluateValid() }
  }

  /// Judges the weights by the validation rows and does what the schedule says.
  func evaluateValid() throws {
    guard let valid = data.valid else { return }
    let samplesPerSecond = meter.pause()
    defer { meter.resume() }
    let watch = Stopwatch()
    guard let metrics = try metrics(of: "valid", valid) else {
      try saveCheckpoint()
      throw TrainingFailure.interrupted(step: record.steps)
    }
    let collapse = TableCollapse(of: model, pool: pool)
    clock.addEvaluate(watch.seconds)
    if let pass { clock.note(pass.progress) }
    try take(
      Evaluation(
        step: record.steps, epoch: record.epochs, rows: record.rows, split: "valid",
        metrics: metrics, trainLoss: state.position.meanLoss, collapse: collapse,
        learningRate: schedule.learningRate, samplesPerSecond: samplesPerSecond,
        shares: clock.shares()))
  }

  private func take(_ evaluation: Evaluation) throws {
    try append(evaluation)
    state.record.evaluations.append(evaluation)
    state.position.startAfterEvaluation()
    let verdict = schedule.judge(evaluation.metrics)
    if verdict.improved {
      state.record.best = evaluation
      try folder.saveBest(model, metadata: metadata)
    }
    observer?.observe(.evaluated(evaluation, improved: verdict.improved))
    warn(about: evaluation.metrics, of: "valid", isEpochOver: state.position.steps == 0)
    if verdict.reducedLearningRate {
      observer?.observe(.learningRateReduced(to: schedule.learningRate))
    }
    if verdict.stops {
      state.record.stop = .early
      if state.position.steps > 0 {
        state.record.add(PassRecord(split: "train", cutShortAfter: state.position.rows))
      }
      observer?.observe(.stoppedEarly(evaluations: schedule.failures))
    }
    try saveCheckpoint()
  }

  /// Puts the best weights back, or keeps the last ones where nothing could be judged.
  func keepBest() throws {
    guard let best = record.best else { return try saveLastAsBest() }
    guard best.step < record.steps else { return }
    try Checkpoint.load(into: model, from: folder.bestPath)
    try SeenRows.load(into: model, from: folder.seenRowsPath)
    optimizer.valuesChanged()
    observer?.observe(.bestReloaded(step: best.step))
  }

  /// Evaluates the weights that stay; the test rows' line of `metrics.jsonl` is written here.
  func finalMetrics(
    of split: String, _ open: (() throws -> any BatchSource)?
  ) throws -> Metrics? {
    guard let open else { return nil }
    let watch = Stopwatch()
    guard let metrics = try metrics(of: split, open) else {
      throw TrainingFailure.interrupted(step: record.steps)
    }
    clock.addEvaluate(watch.seconds)
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
    try folder.append(evaluation)
    try events?.append(evaluation)
  }

  /// The metrics of a split; nil where the evaluation was interrupted.
  private func metrics(
    of split: String, _ open: () throws -> any BatchSource
  ) throws -> Metrics? {
    let source = try open()
    do {
      let metrics = try Evaluator(model).evaluate(source, split: split) { _, _ in
        if isInterrupted() { throw TrainingFailure.interrupted(step: record.steps) }
      }
      state.record.add(PassRecord(split: split, source.progress))
      return metrics
    } catch TrainingFailure.interrupted {
      return nil
    }
  }

  // MARK: Warnings

  private func warn(about metrics: Metrics, of split: String, isEpochOver: Bool) {
    var warnings = metrics.warnings(of: split, isEpochOver: isEpochOver)
    if metrics.auc == nil && settings.monitor.auc != 0 && split == "valid" {
      warnings.append("valid: without an AUC the monitor is -logloss")
    }
    for warning in warnings { warn(warning) }
  }

  func warnOfOneClass(rows: Int, positives: Int) {
    guard positives == 0 || positives == rows else { return }
    warn("train: none of \(rows) rows was \(positives == 0 ? "clicked" : "not clicked")")
  }

  private func warn(_ warning: String) {
    if warned.insert(warning).inserted { observer?.observe(.warning(warning)) }
  }
}
