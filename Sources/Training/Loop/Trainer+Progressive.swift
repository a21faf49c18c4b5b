import ClickData
import Models
import Platform

/// Training part by part, where each part is an epoch: evaluated first, then trained on once.
///
/// A trainer trains with the vocabularies of one moment. When they grow, another one with a larger
/// model takes over its state, and its tensors from the last checkpoint.
extension Trainer {
  /// The part that is next, or trained on now, counted from 1.
  public var part: Int { state.position.epoch }
  /// Whether that part has been evaluated, or needs no evaluation.
  public var isPartEvaluated: Bool { record.parts.count >= part }

  /// What a trainer passes on beside its tensors.
  public struct Handover {
    fileprivate let state: TrainingState
    fileprivate let schedule: PlateauSchedule
    fileprivate let clock: PhaseClock
    fileprivate let warned: Set<String>
  }

  /// What the next trainer needs, beside the tensors of the last checkpoint.
  public var handover: Handover {
    Handover(state: state, schedule: schedule, clock: clock, warned: warned)
  }

  /// Goes on from another trainer whose tables had the rows of an earlier schema: its tensors are
  /// those of the run's last checkpoint, which is replaced.
  public func takeOver(_ earlier: Handover, schema: [FieldSchema], seal: String?) throws {
    optimizer.flush()
    try EarlierTables(of: model, schema: schema).loadCheckpoint(
      state: optimizer.state, from: folder.lastPath
    ) { [folder] in
      try EncoderPair.check($0, of: folder.lastPath, encoder: folder.fieldsPath, seal: seal)
    }
    try leader.valuesWereLoaded()
    (state, schedule) = (earlier.state, earlier.schedule)
    (clock, warned) = (earlier.clock, earlier.warned)
    optimizer.resume(steps: state.optimizerSteps)
    try saveProgress()
  }

  /// Saves a checkpoint from which the run resumes with the part that is next.
  public func saveProgress() throws { try explainingFailures { try saveCheckpoint() } }

  /// Records a part that is trained on without an evaluation, because no weights were trained yet.
  public func beginWithoutEvaluation(_ name: String) {
    state.record.parts.append(part(name, rows: 0))
  }

  /// Leaves out a part without rows.
  public func skip(_ name: String) {
    let left = part(name, rows: 0)
    state.record.parts.append(left)
    state.record.epochs = left.number
    state.position.startNextEpoch()
    observer?.observe(.evaluatedPart(left))
  }

  /// Evaluates a part that is to be trained on next.
  ///
  /// The caller saves a checkpoint once the encoders hold the part's values. Throws
  /// `TrainingFailure.noRows` where it has no rows.
  public func evaluate(_ name: String, _ source: any BatchSource) throws {
    try explainingFailures {
      optimizer.flush()
      let watch = Stopwatch()
      let counter = UnseenCounter(model)
      let metrics = try Evaluator(leader).evaluate(source, split: name) { batch, _ in
        counter.add(batch)
        if isInterrupted() { throw TrainingFailure.interrupted(step: record.steps) }
        guard meter.isReportDue else { return }
        observer?.observe(
          .reading(task: "evaluating \(name)", source.progress, seconds: watch.seconds))
      }
      clock.add(.evaluate, watch.seconds)
      let unseen = counter.result(source.progress.findings, trainRows: record.rows)
      let found = part(name, rows: metrics.rows, metrics, unseen)
      state.record.parts.append(found)
      try folder.append(found.line)
      observer?.observe(.evaluatedPart(found))
      warn(about: metrics, of: name, isEpochOver: true)
    }
  }

  /// Trains on the part that is next, or on what is left of it.
  public func trainPart(_ data: TrainingData) throws {
    self.data = data
    try explainingFailures {
      sinceCheckpoint = Stopwatch()
      optimizer.resume(steps: state.optimizerSteps)
      try trainEpoch()
    }
  }

  /// Keeps the weights after the last part and evaluates them, once all parts are trained on.
  public func finishParts(since watch: Stopwatch) throws -> TrainingRecord {
    try explainingFailures {
      guard record.rows > 0 else { throw TrainingFailure.noRows(split: "train") }
      optimizer.resume(steps: state.optimizerSteps)
      return try finish(since: watch)
    }
  }

  private func part(
    _ name: String, rows: Int, _ metrics: Metrics? = nil, _ unseen: UnseenValues? = nil
  ) -> PartEvaluation {
    PartEvaluation(
      name: name, number: part, step: record.steps, trainRows: record.rows, rows: rows,
      metrics: metrics, unseen: unseen)
  }
}

extension TrainingRecord {
  /// Records the rows of a part that was trained on without an evaluation.
  mutating func completePart(rows: Int) {
    guard let last = parts.indices.last, parts[last].metrics == nil else { return }
    parts[last].rows = rows
  }
}
