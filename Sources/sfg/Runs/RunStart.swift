import Configuration
import Platform
import Training

/// Where training writes and goes on from, such that no finished run is lost.
enum RunStart {
  /// Nothing is to be done, for this reason.
  case unchanged(String)
  /// In the run's folder.
  case inPlace(resumes: Bool)
  /// Beside a finished run, which is replaced at the end.
  case beside(RunReplacement, resumes: Bool)

  /// The options of the command line.
  struct Request {
    var resume = false
    var overwrite = false
  }

  /// Throws `FinishedRun` where a finished run is in the way; touches nothing.
  static func check(_ run: RunFolder, _ request: Request) throws {
    guard !run.isFinished || request.resume || request.overwrite else {
      throw FinishedRun.wouldBeReplaced(path: run.path)
    }
  }

  /// Decides for a folder that is locked; prepares the folder of a replacement.
  ///
  /// Throws `TrainingFailure.otherConfiguration` where a checkpoint is one of another
  /// configuration, `FinishedRun` where it has none.
  init(in run: RunFolder, _ configuration: RunConfiguration, _ request: Request) throws {
    guard run.isFinished else {
      let resumes = request.resume && run.hasCheckpoint
      if resumes { try SavedConfiguration(of: run.lastPath).check(configuration) }
      self = .inPlace(resumes: resumes)
      return
    }
    let replacement = RunReplacement(of: run)
    guard request.resume else {
      self = try .new(replacement)
      return
    }
    if Self.continues(replacement, configuration) {
      try replacement.folder.claim()
      self = .beside(replacement, resumes: true)
      return
    }
    do {
      self = try Self.resuming(run, replacement, configuration)
    } catch let failure as TrainingFailure {
      guard case .otherConfiguration = failure, request.overwrite else { throw failure }
      self = try .new(replacement)
    }
  }

  /// A new run beside the finished one.
  private static func new(_ replacement: RunReplacement) throws -> RunStart {
    try replacement.begin()
    return .beside(replacement, resumes: false)
  }

  /// Whether an interrupted replacement has a configuration, and goes on.
  private static func continues(
    _ replacement: RunReplacement, _ configuration: RunConfiguration
  ) -> Bool {
    guard replacement.canResume,
      let saved = try? SavedConfiguration(of: replacement.folder.lastPath)
    else { return false }
    return (try? saved.check(configuration)) != nil
  }

  /// A finished run is resumed only for more epochs.
  private static func resuming(
    _ run: RunFolder, _ replacement: RunReplacement, _ configuration: RunConfiguration
  ) throws -> RunStart {
    let saved = try SavedConfiguration(of: run.hasCheckpoint ? run.lastPath : run.bestPath)
    try saved.check(configuration)
    guard saved.isExtended(by: configuration) else {
      return .unchanged(
        "\(run.path): finished; --resume changes nothing (more training.epochs would go on)")
    }
    guard run.hasCheckpoint else { throw FinishedRun.cannotGoOn(path: run.path) }
    let record = try TrainingRecord(saved.metadata, path: run.lastPath)
    guard record.stop != .early else {
      return .unchanged(
        "\(run.path): finished by early stopping after epoch \(record.epochs); "
          + "--resume changes nothing")
    }
    try replacement.beginFromFinishedRun()
    return .beside(replacement, resumes: true)
  }
}

/// Why a finished run is not touched.
enum FinishedRun: Failure, Equatable {
  /// A new run would replace it.
  case wouldBeReplaced(path: String)
  /// It has no checkpoint to go on from.
  case cannotGoOn(path: String)

  var status: FailureStatus { .usage }

  var description: String {
    switch self {
    case .wouldBeReplaced(let path):
      "\(path): holds a finished run; give --overwrite to replace it once the new run has "
        + "finished, or another folder with --output"
    case .cannotGoOn(let path):
      "\(path): finished without checkpoint/last.safetensors (training.keep_last: false), from "
        + "which more epochs go on; train again with --overwrite"
    }
  }
}
