import Models
import Platform

/// Saving checkpoints and resuming from them.
extension Trainer {
  /// Resumes from the folder's last checkpoint: the same steps follow as without the interruption.
  ///
  /// Throws if the checkpoint is damaged, has the tensors of another model, or was trained with
  /// another encoder.
  public func resume() throws {
    let metadata = try TrainingCheckpoint.load(
      into: model, state: optimizer.state, from: folder.lastPath
    ) { try check($0, of: folder.lastPath) }
    try leader.valuesWereLoaded()
    state = try TrainingState(metadata, path: folder.lastPath)
    schedule.progress = state.schedule
    try folder.resume(after: record.lines)
    events?.begin(after: record.steps)
    observer?.observe(.resumed(epoch: record.epochs, step: record.steps))
  }

  /// Throws `CheckpointFailure.otherEncoder` where weights name another encoder than this run's.
  func check(_ metadata: [String: String], of path: String) throws {
    try EncoderPair.check(
      metadata, of: path, encoder: folder.fieldsPath, seal: self.metadata[EncoderPair.key])
  }

  /// Saves everything that `resume` needs.
  func saveCheckpoint() throws {
    try folder.checkInPlace()
    try folder.save(data.record())
    try TrainingCheckpoint.save(
      model, state: optimizer.state, metadata: try checkpointMetadata(), to: folder.lastPath)
    sinceCheckpoint = Stopwatch()
  }

  /// Saves the last weights as the best and everything that `resume` needs, at the same time.
  ///
  /// The best weights appear first: no checkpoint of the end of training is ever without them.
  func saveLastAsBest() throws {
    optimizer.flush()
    try folder.save(data.record())
    let checkpointMetadata = try checkpointMetadata()
    let last = try BackgroundResult { [model, folder, state = optimizer.state] in
      try TrainingCheckpoint.prepare(
        model, state: state, metadata: checkpointMetadata, for: folder.lastPath)
    }
    try folder.saveBest(model, metadata: metadata)
    try last.value().commit()
  }

  private func checkpointMetadata() throws -> [String: String] {
    state.schedule = schedule.progress
    return metadata.merging([TrainingState.key: try state.text()]) { $1 }
  }

  func stopIfInterrupted() throws {
    guard isInterrupted() else { return }
    try saveCheckpoint()
    throw TrainingFailure.interrupted(step: record.steps)
  }
}
