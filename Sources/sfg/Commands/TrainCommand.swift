import ArgumentParser
import Cluster
import Configuration
import Models
import Platform
import Training

/// Trains one model from one configuration.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model and store it in a run's folder.")

  @OptionGroup var configuration: ConfigurationOptions

  @Option(
    help: ArgumentHelp("Folder of the run. (default: runs/NAME)", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(
    help: ArgumentHelp(
      "Resume from the folder's last checkpoint, or start if there is none; a finished run goes on "
        + "only for more epochs."))
  var resume = false

  @Flag(
    help: ArgumentHelp(
      "Replace a finished run in the folder, once the new run has finished; with --resume, "
        + "continue the new run."))
  var overwrite = false

  @Option(
    help: ArgumentHelp(
      "Begin with the last weights, the optimizer state and the encoders of a finished run; new "
        + "values are added to its vocabularies.", valueName: "run"), completion: .run)
  var from: String?

  @Flag(help: "With --from, begin with that run's best weights, without optimizer state.")
  var fromWeightsOnly = false

  @OptionGroup var threads: ThreadOptions

  @Option(
    help: ArgumentHelp(
      "Folder of the encodings of these data, which are then not scanned.",
      valueName: "dir", visibility: .private), completion: .directory)
  var encoder: String?

  @Option(
    help: ArgumentHelp(
      "Refuse a run that needs more memory, such as 24G. (default: the machine's memory)",
      valueName: "bytes"))
  var memoryLimit: ByteCount?

  @Flag(help: "Print nothing but errors on standard error.")
  var quiet = false

  @Flag(help: "Print the model, its size and the memory it needs; train and write nothing.")
  var dryRun = false

  func validate() throws {
    try output.map { try FolderOption.check($0, "--output") }
    try from.map { try FolderOption.check($0, "--from") }
    guard from != nil || !fromWeightsOnly else {
      throw ValidationError("'--from-weights-only' needs '--from', the run with the weights.")
    }
    guard dryRun && (resume || overwrite) else { return }
    throw ValidationError(
      "'--dry-run' and '\(resume ? "--resume" : "--overwrite")' are mutually exclusive; "
        + "give one of them.")
  }

  func run() throws {
    // A part of a sweep may run its trainings beside other parts.
    guard encoder == nil, let process = RankedProcess() else { return try run(SingleProcess()) }
    try process.run { ranks in
      try run(ranks)
    } follow: { ranks in
      try TrainingFollower(ranks, threads: threads.count).run()
    }
  }

  /// Trains as rank 0.
  private func run(_ ranks: any Collectives) throws {
    let files = configuration.config
    let configuration = try configuration.read()
    try TrainingFollower.check(ranks, configuration)
    let folder = RunFolder(output ?? "runs/\(configuration.run)")
    try OutputCheck(reading: configuration.dataset, configurations: files)
      .checkRun(folder, "--output")
    let source = try from.map { from in
      guard !WarmSource.areOneFolder(from, folder.path) else {
        throw WarmStartFailure.itself(run: from)
      }
      return try WarmSource(from, weightsOnly: fromWeightsOnly, for: configuration)
    }
    Interruption.listen()
    let line = ProgressLine(quiet: quiet)
    let copies =
      dryRun
      ? RunSpool(of: "dry-run", beside: folder, line: line)
      : RunSpool(of: folder, resuming: resume, line: line)
    let job = TrainingJob(
      configuration: configuration, folder: folder, source: source, threads: threads.count,
      memoryLimit: memoryLimit, line: line, spool: copies.spool, encodings: encoder, ranks: ranks)
    guard !dryRun else {
      return try StandardStream.output.print(copies.during { try job.outline() })
    }
    let request = RunStart.Request(resume: resume, overwrite: overwrite)
    let metrics = try copies.during { try job.run(request) }
    if !metrics.isEmpty { try StandardStream.output.print(MetricTable.text(metrics)) }
    try StandardStream.output.print("run: \(folder.path)")
  }
}
