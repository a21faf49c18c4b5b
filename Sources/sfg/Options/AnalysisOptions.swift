import Analysis
import ArgumentParser
import ClickData

/// The options of all analyses: the runs, the rows, and the folder of the results.
struct AnalysisOptions: ParsableArguments {
  @OptionGroup var choice: RunsOption

  @Option(help: "Split to read rows from. (default: valid)")
  var split: Split?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Files to read rows from instead, in the run's format.", valueName: "file"),
    completion: .file())
  var data: [String] = []

  @Option(help: "Number of rows to read; memory does not grow with it.")
  var rows = 50_000

  @Option(
    help: ArgumentHelp(
      "Folder for the results. (default: the analysis folder of the first run)", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(help: "Also write the analysed matrices, as npy.")
  var dump = false

  @OptionGroup var weights: CheckpointOptions

  @OptionGroup var threads: ThreadOptions

  /// The folders of the runs.
  var runs: [String] { choice.runs }

  func validate() throws {
    guard !runs.isEmpty else {
      throw ValidationError("'analyze' takes the folders of one or more runs, found none.")
    }
    guard split == nil || data.isEmpty else {
      throw ValidationError("'--split' and '--data' are mutually exclusive; give one of them.")
    }
    guard !data.contains("-") else {
      throw ValidationError("'--data' takes files; standard input can be read only once.")
    }
    try output.map { try FolderOption.check($0, "--output") }
    guard rows < 2 else { return }
    throw ValidationError("'--rows' takes a number of at least 2, found \(rows).")
  }

  /// The split, or the files, as messages name them.
  var rowsName: String { data.isEmpty ? "\(split ?? .valid)" : data.joined(separator: ", ") }

  /// The folder for the results of one analysis.
  func folder(for analysis: String) -> String { output ?? "\(folder)/\(analysis)" }

  /// The folder for the results of all analyses: other weights than the best have their own.
  var folder: String {
    let name = weights.checkpoint == .best ? "" : "/\(weights.checkpoint.name)"
    return output ?? "\(runs[0])/analysis\(name)"
  }
}

/// The options of one analysis only.
protocol AnalysisArguments: ParsableArguments {
  associatedtype Analysis: ModelAnalysis
  /// The analysis with these options.
  var analysis: Analysis { get }
}

/// The options of an analysis that has none.
struct NoOptions<Analysis: ModelAnalysis>: AnalysisArguments {
  var analysis: Analysis { Analysis() }
}

/// The options of the collapse analysis.
struct CollapseOptions: AnalysisArguments {
  @Option(
    name: .customLong("representation"),
    help: ArgumentHelp(
      "Representation to analyse: tables, embedding, encoder, encoder.0, …, interaction, interaction.0, …, "
        + "final; may be repeated. (default: all of them)", valueName: "name"),
    completion: .list(["tables", "embedding", "encoder", "interaction", "final"]))
  var representations: [String] = []

  @Option(help: "Compute spectra of the covariance (true) or of the matrix itself (false).")
  var centered = true

  var analysis: CollapseAnalysis {
    CollapseAnalysis(representations: representations, centring: centered ? .covariance : .raw)
  }
}

/// The options of the importance analysis.
struct ImportanceOptions: AnalysisArguments {
  @Option(help: "Permutations per field, for importance.")
  var repeats = 5

  @Option(help: "Rows that importance samples from those read; memory grows with it.")
  var sample = 20_000

  @Option(help: "Random seed of the sample and the permutations, for importance.")
  var seed = 0

  func validate() throws {
    for (option, value) in [("--repeats", repeats), ("--sample", sample)] where value < 2 {
      throw ValidationError("'\(option)' takes a number of at least 2, found \(value).")
    }
  }

  var analysis: ImportanceAnalysis {
    ImportanceAnalysis(repeats: repeats, sample: sample, seed: seed)
  }
}
