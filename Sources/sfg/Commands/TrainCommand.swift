import ArgumentParser
import Platform
import Training

/// Trains one model from one configuration.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains a model and keeps it in a run's folder.")

  @OptionGroup var configuration: ConfigurationOptions

  @Option(help: ArgumentHelp("The run's folder. (default: runs/NAME)", valueName: "dir"))
  var output: String?

  @Flag(help: "Goes on from the folder's last checkpoint, or begins where there is none.")
  var resume = false

  @OptionGroup var threads: ThreadOptions

  @Option(
    help: ArgumentHelp(
      "Refuses a run that needs more, such as 24G. (default: the machine's)", valueName: "bytes"))
  var memoryLimit: ByteCount?

  @Flag(help: "Says nothing on standard error but errors.")
  var quiet = false

  @Flag(help: "Prints the model, its size and the memory it needs; trains and writes nothing.")
  var dryRun = false

  func validate() throws {
    try output.map { try FolderOption.check($0, "--output") }
    guard dryRun && resume else { return }
    throw ValidationError("'--dry-run' and '--resume' exclude one another; give one of them.")
  }

  func run() throws {
    let configuration = try configuration.read()
    let folder = RunFolder(output ?? "runs/\(configuration.run)")
    Interruption.listen()
    let job = TrainingJob(
      configuration: configuration, folder: folder, threads: threads.count,
      memoryLimit: memoryLimit, line: ProgressLine(quiet: quiet))
    guard !dryRun else { return try StandardStream.output.print(job.outline()) }
    let metrics = try job.run(resuming: resume)
    if !metrics.isEmpty { try StandardStream.output.print(MetricText.table(metrics)) }
    try StandardStream.output.print("run: \(folder.path)")
  }
}
