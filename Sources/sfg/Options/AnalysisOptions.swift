import ArgumentParser
import ClickData

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
    guard rows < 2 else { return }
    throw ValidationError("'--rows' takes a number of at least 2, found \(rows).")
  }

  /// The folder for the results of an analysis of that name.
  func folder(for analysis: String) -> String { output ?? "\(runs[0])/analysis/\(analysis)" }

  /// Where a run's matrix is dumped, numbered where there are several runs; nil without `--dump`.
  func dump(_ folder: String, _ matrix: String, _ index: Int) -> String? {
    dump ? "\(folder)/\(matrix)\(run.count > 1 ? "-\(index + 1)" : "").npy" : nil
  }
}
