import Analysis
import ArgumentParser
import ClickData
import Platform
import Training

/// Judges several runs on the same held-out rows and says whether their differences are real.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compares runs on the same held-out rows: intervals, DeLong's test, a paired test.")

  @Argument(help: ArgumentHelp("The runs' folders, two or more.", valueName: "run"))
  var runs: [String]

  @Option(help: "The split to compare on. (default: test)")
  var split: Split?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Files to compare on instead, in the runs' format.", valueName: "file"))
  var data: [String] = []

  @Option(
    help: ArgumentHelp("Where tables, chart and page go. (default: nowhere)", valueName: "dir"))
  var output: String?

  @Flag(help: "Prints one JSON object and nothing else.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    for run in runs { try FolderOption.check(run, "run") }
    try output.map { try FolderOption.check($0, "--output") }
    guard runs.count >= 2 else {
      throw ValidationError("'compare' takes the folders of two runs or more, found \(runs.count).")
    }
    guard !data.contains("-") else {
      throw ValidationError("'--data' takes files; standard input can be read once only.")
    }
    guard split != nil, !data.isEmpty else { return }
    throw ValidationError("'--split' and '--data' exclude one another; give one of them.")
  }

  func run() throws {
    Interruption.listen()
    let pool = threads.makePool()
    let comparison = try Comparison(runs.map { try scores(of: $0, pool) }).labelled()
    if let output { try ComparisonReport.write(comparison, to: output) }
    try StandardStream.output.print(
      json ? ComparisonReport.summary(comparison).pretty : ComparisonText.tables(comparison))
    if let output, !json { try StandardStream.output.print("report: \(output)/report.html") }
  }

  /// The run's logit of every held-out row.
  private func scores(of path: String, _ pool: WorkerPool) throws -> HeldOutScores {
    let loaded = try LoadedRun(path, pool: pool)
    let stream =
      try data.isEmpty ? loaded.batches(of: split ?? .test) : loaded.batches(ofFiles: data)
    let name = data.isEmpty ? "\(split ?? .test)" : data.joined(separator: ", ")
    var scores = HeldOutScores(loaded.description)
    _ = try Evaluator(loaded.model).evaluate(stream, split: name) { batch, logits in
      guard !Interruption.isAsked else { throw Interrupted(work: "compare") }
      for row in 0..<batch.rows {
        scores.add(
          position: UInt64(batch.positions[row]), clicked: batch.labels[row] > 0.5,
          logit: Double(logits[row, 0]))
      }
    }
    return scores
  }
}
