import ClickData
import Configuration
import Platform
import Training

/// What must hold before a run begins or goes on.
extension TrainingJob {
  /// Refuses to draw weights where the run, or the one that is to replace it, began with others and
  /// has no checkpoint yet.
  func checkNoOriginIsLost() throws {
    for work in [folder, RunReplacement(of: folder).folder]
    where !work.isFinished && !work.hasCheckpoint {
      guard let origin = try work.origin() else { continue }
      throw WarmStartFailure.missingOrigin(run: folder.path, from: origin.run)
    }
  }

  /// Refuses `--from` where a run that resumes began with other weights.
  func checkOrigin(of work: RunFolder) throws {
    guard let given = source?.origin else { return }
    let origin = try work.origin()
    guard origin?.weights == given.weights else {
      throw WarmStartFailure.otherOrigin(run: folder.path, expected: origin?.run, found: given.run)
    }
  }

  /// Refuses to go on with other data than those that the run began with.
  func check(_ dataset: Dataset, of work: RunFolder) throws {
    guard let record = try work.dataRecord() else {
      return line.event(
        "warning: \(work.path): an earlier version began this run; whether its data have changed "
          + "since cannot be checked")
    }
    try dataset.check(record)
  }

  /// Refuses a column of groups that the rows to evaluate do not have, before training.
  func checkGroup(_ dataset: Dataset, _ encoder: FittedEncoder) throws {
    guard let group = configuration.training.group else { return }
    if configuration.dataset.cache != .off {
      line.event(
        "cache: not caching valid and test rows: the values of \(group) are read from their text")
    }
    try UnknownColumn.naming("training.group", .badConfiguration) {
      for split in [Split.valid, .test] where dataset.has(split) {
        try dataset.check(
          configuration.training.evaluationReading, of: split, encoder: encoder)
      }
    }
  }
}
