import Analysis
import ArgumentParser
import ClickData
import Configuration
import Training

extension Split: ExpressibleByArgument {}

/// What the analyses ask: which runs, which rows, and where the results go.
struct AnalysisOptions: ParsableArguments {
  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("A run's folder; may be given again, to compare.", valueName: "dir"))
  var runs: [String]

  @Option(help: "The split whose rows are read.")
  var split = Split.valid

  @Option(help: "How many rows are read; memory does not grow with them.")
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

  /// Where matrices of one of the runs are dumped, named as the report's own files; nil for each without `--dump`.
  func dump(into folder: String, run index: Int) -> AnalysisRequest.Dump {
    guard dump else { return { _ in nil } }
    return { matrix in
      let names = try runs.map { try RunConfiguration(file: RunFolder($0).configurationPath).run }
      return ReportFolder(folder, runs: names).file(matrix, "npy", run: index)
    }
  }
}

/// What the collapse analysis asks besides.
struct CollapseOptions: ParsableArguments {
  @Option(
    name: .customLong("representation"),
    help: ArgumentHelp(
      "A place to look at: tables, embedding, encoder, encoder.0, …, interaction, interaction.0, …, final; "
        + "may be given again. (default: all of them)", valueName: "name"))
  var representations: [String] = []

  @Option(help: "Whether spectra are of the covariance (true) or of the matrix itself (false).")
  var centered = true

  /// The request, for the run whose matrices are dumped as said.
  func request(dump: @escaping AnalysisRequest.Dump) -> AnalysisRequest.Collapse {
    AnalysisRequest.Collapse(
      representations: representations, centring: centered ? .covariance : .raw
    ) { try dump("representation-\($0)") }
  }
}
