import Models
import Platform

/// Saving where training stands, and going on from there.
extension Trainer {
  /// Goes on from the folder's last checkpoint: the same steps follow as if training had never stopped.
  ///
  /// Throws where the checkpoint is damaged, or of a model with other tensors.
  public func resume() throws {
    let metadata = try TrainingCheckpoint.load(
      into: model, state: optimizer.state, from: folder.lastPath)
    state = try TrainingState(metadata, path: folder.lastPath)
    schedule.resume(state.schedule)
    try folder.resume(after: record.evaluations)
    events?.begin(after: record.steps)
    observer?.observe(.resumed(epoch: record.epochs, step: record.steps))
  }

  /// Throws `TrainingFailure.otherConfiguration` where the folder's last checkpoint is of another configuration
  /// than `text`, which came out of the same writer.
  public static func check(_ folder: RunFolder, isOf text: String) throws {
    let written = try Checkpoint.metadata(of: folder.lastPath)["config"] ?? ""
    guard written != text else { return }
    let lines = [written, text].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
    let count = max(lines[0].count, lines[1].count)
    func line(_ lines: [Substring], _ index: Int) -> String {
      index < lines.count ? "\"\(lines[index].drop { $0 == " " })\"" : "nothing there"
    }
    let index = (0..<count).first { line(lines[0], $0) != line(lines[1], $0) } ?? 0
    throw TrainingFailure.otherConfiguration(
      path: folder.lastPath, checkpoint: line(lines[0], index), given: line(lines[1], index))
  }

  /// Writes everything that `resume` needs.
  func saveCheckpoint() throws {
    try TrainingCheckpoint.save(
      model, state: optimizer.state, metadata: try checkpointMetadata(), to: folder.lastPath)
    sinceCheckpoint = Stopwatch()
  }

  /// Writes the last weights as the best, and all that `resume` needs, at the same time.
  ///
  /// The best ones have their place first: a checkpoint at the end of training never stands without them.
  func saveLastAsBest() throws {
    let checkpointMetadata = try checkpointMetadata()
    let last = BackgroundResult { [model, folder, state = optimizer.state] in
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
