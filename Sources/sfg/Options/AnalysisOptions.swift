import Analysis
import ArgumentParser
import ClickData
import Models
import Training

extension Split: ExpressibleByArgument {}

/// What both analyses ask: which runs, which rows, and where the results go.
struct AnalysisOptions: ParsableArguments {
  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("A run's folder; may be given again, to compare.", valueName: "dir"))
  var runs: [String]

  @Option(help: "The split whose rows are read.")
  var split = Split.valid

  @Option(help: "How many rows are read.")
  var rows = 50_000

  @Option(
    help: ArgumentHelp(
      "Where the results go. (default: the analysis folder of the first run)", valueName: "dir"))
  var output: String?

  @Flag(help: "Writes the analysed matrices as well, as npy.")
  var dump = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    for run in runs { try FolderOption.check(run, "--run") }
    try output.map { try FolderOption.check($0, "--output") }
    guard rows < 2 else { return }
    throw ValidationError("'--rows' takes a number of at least 2, found \(rows).")
  }

  /// The folder for the results of an analysis of that name.
  func folder(for analysis: String) -> String { output ?? "\(runs[0])/analysis/\(analysis)" }

  /// Where the matrix of one of the runs is dumped, named as the report's own files; nil without `--dump`.
  func dump(_ matrix: String, of analysis: String, run index: Int) throws -> String? {
    guard dump else { return nil }
    let names = try runs.map { try Configuration(file: RunFolder($0).configurationPath).run }
    return ReportFolder(folder(for: analysis), runs: names).file(matrix, "npy", run: index)
  }
}
