/// Reports on training: one per epoch, and one every `eval_steps` steps without validation rows.
extension Trainer {
  /// Prepares the report of the epoch that ends here, which follows the evaluation at its end.
  func endEpochReport() {
    let position = state.position
    guard position.weight > 0 else { return }
    // An evaluation after the last step may have reduced the learning rate of the next one.
    let evaluation = record.evaluations.last.flatMap { $0.step == record.steps ? $0 : nil }
    state.endedEpoch = TrainingReport(
      span: .epoch, step: record.steps, epoch: record.epochs, rows: record.rows,
      trainLoss: position.loss / position.weight,
      learningRate: evaluation?.learningRate ?? schedule.learningRate)
  }

  /// Writes the report of the epoch that has ended, if one has.
  func reportEpoch() throws {
    guard var report = state.endedEpoch else { return }
    state.endedEpoch = nil
    (report.samplesPerSecond, report.seconds) = (meter.epochRowsPerSecond, meter.epochSeconds)
    report.processorSeconds = meter.epochProcessorSeconds
    try append(report)
  }

  /// Reports the loss since the previous report, where no evaluation does.
  func reportStepsIfDue() throws {
    guard data.validation == nil, let every = settings.evalSteps, record.steps % every == 0,
      let loss = state.position.meanLoss
    else { return }
    let speed = meter.pause()
    meter.resume()
    state.position.startAfterEvaluation()
    try append(
      TrainingReport(
        span: .steps, step: record.steps, epoch: record.epochs, rows: record.rows,
        trainLoss: loss, learningRate: schedule.learningRate,
        samplesPerSecond: speed?.rowsPerSecond, seconds: speed?.seconds))
  }

  private func append(_ report: TrainingReport) throws {
    warnOfGrowth(ofTrainLossTo: report.trainLoss)
    try folder.append(report.json)
    try events?.append(report)
    state.record.reports.append(report)
    observer?.observe(.reported(report))
  }

  /// The processes that train, and the memory that each has used so far; nil for one process.
  public func rankSummary() throws -> RankSummary? {
    guard leader.collectives.ranks > 1 else { return nil }
    return RankSummary(leader.collectives, peakMemory: try leader.peakMemory())
  }
}
