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
    state = try TrainingState(metadata, path: folder.lastPath)
    schedule.progress = state.schedule
    try folder.resume(after: record.lines)
    events?.begin(after: record.steps)
    observer?.observe(.resumed(epoch: record.epochs, step: record.steps))
  }

  /// Throws `TrainingFailure.otherConfiguration` if the folder's last checkpoint has another
  /// configuration than `text`, which the same writer formatted.
  public static func check(_ folder: RunFolder, isOf text: String) throws {
    let written = try Checkpoint.metadata(of: folder.lastPath)["config"] ?? ""
    guard written != text else { return }
    let lines = [written, text].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
    let count = max(lines[0].count, lines[1].count)
    func line(_ lines: [Substring], _ index: Int) -> String {
      index < lines.count ? "\"\(lines[index].drop { $0 == " " })\"" : "no such line"
    }
    let index = (0..<count).first { line(lines[0], $0) != line(lines[1], $0) } ?? 0
    throw TrainingFailure.otherConfiguration(
      path: folder.lastPath, checkpoint: line(lines[0], index), given: line(lines[1], index))
  }

  /// Throws `CheckpointFailure.otherEncoder` where weights name another encoder than this run's.
  func check(_ metadata: [String: String], of path: String) throws {
    try EncoderPair.check(
      metadata, of: path, encoder: folder.fieldsPath, seal: self.metadata[EncoderPair.key])
  }

  /// Saves everything that `resume` needs.
  func saveCheckpoint() throws {
    try TrainingCheckpoint.save(
      model, state: optimizer.state, metadata: try checkpointMetadata(), to: folder.lastPath)
    sinceCheckpoint = Stopwatch()
  }

  /// Saves the last weights as the best and everything that `resume` needs, at the same time.
  ///
  /// The best weights appear first: no checkpoint of the end of training is ever without them.
  func saveLastAsBest() throws {
    optimizer.flush()
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
