import Analysis
import ArgumentParser
import Configuration
import Platform
import Training

/// Draws figures over runs, from the files that they and their analyses wrote.
struct FigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figure",
    abstract: "Draw figures over several runs, from the files that they and their analyses wrote.",
    subcommands: [Curves.self, Factor.self, Measures.self, Spectra.self])

  /// A metric while models train.
  struct Curves: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Draw a metric of metrics.jsonl by epoch or by training step.")

    @OptionGroup var options: FigureOptions

    @Option(
      help: ArgumentHelp(
        "Number of metrics.jsonl, such as AUC, logloss, train_loss or table_rankme.",
        valueName: "name"), completion: .list(["AUC", "logloss"]))
    var metric = "AUC"

    @Option(help: "Horizontal axis.") var by = CurveAxis.epoch

    @Option(
      help: "Lines of metrics.jsonl. (default: valid, or train where nothing was validated)")
    var split: EvaluatedSplit?

    @Option(help: "Draw the mean over runs that differ in their seeds alone, or each run.")
    var seeds = SeedGrouping.mean

    func run() throws {
      try options.draw(try options.read()) {
        try RunFigure.curves(
          of: $0, metric: metric, split: split?.rawValue, by: by, seeds: seeds,
          colour: options.colour)
      }
    }
  }

  /// A number of finished runs against a key.
  struct Factor: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Draw a number of finished runs against a numeric configuration key.")

    @OptionGroup var options: FigureOptions

    @Option(
      help: ArgumentHelp(
        "Key of the horizontal axis, such as model.embedding_dim.", valueName: "key"),
      completion: .key)
    var against: String

    @Option(
      help: ArgumentHelp(
        "Number of the vertical axis, such as AUC, logloss, rankme or cross_field_mean_abs_r.",
        valueName: "name"), completion: .list(["AUC", "logloss"]))
    var metric = "AUC"

    @Option(help: "Split of the metric. (default: test, or valid where there is no test split)")
    var split: EvaluatedSplit?

    func run() throws {
      try FigureOptions.check(against, "--against")
      try options.draw(try options.read()) {
        try RunFigure.factor(
          against, of: $0, metric: metric, split: split?.rawValue, colour: options.colour)
      }
    }
  }

  /// A metric against what analyses measured.
  struct Measures: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Draw a metric against RankMe and against redundancy, one mark per run.")

    @OptionGroup var options: FigureOptions

    @Option(
      help: ArgumentHelp("Number of the vertical axis.", valueName: "name"),
      completion: .list(["AUC", "logloss"]))
    var metric = "AUC"

    @Option(help: "Split of the metric. (default: test, or valid where there is no test split)")
    var split: EvaluatedSplit?

    func run() throws {
      try options.draw(try options.read()) {
        try RunFigure.measures(
          of: $0, metric: metric, split: split?.rawValue, colour: options.colour)
      }
    }
  }

  /// The spectra of several runs, or of one run at several epochs.
  struct Spectra: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Draw the singular-value spectra of several runs, or at several epochs.")

    @OptionGroup var options: FigureOptions

    @Option(
      help: ArgumentHelp(
        "Representation, as in analyze collapse. (default: encoder, or embedding where there is none)",
        valueName: "name"),
      completion: .list(["tables", "embedding", "encoder", "interaction", "final"]))
    var representation: String?

    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp(
        "Weights that were analysed: best, last, epoch-N; several draw each run at all of them. "
          + "(default: best)", valueName: "name"), completion: .checkpoint)
    var checkpoint: [RunCheckpoint] = []

    @Option(help: "Draw the mean over runs that differ in their seeds alone, or each run.")
    var seeds = SeedGrouping.mean

    func run() throws {
      try options.draw(try options.read(checkpoint.isEmpty ? [.best] : checkpoint)) {
        try RunFigure.spectra(
          of: $0, representation: representation, seeds: seeds, colour: options.colour)
      }
    }
  }
}

/// A split with lines in `metrics.jsonl`.
enum EvaluatedSplit: String, CaseIterable, ExpressibleByArgument {
  case train, valid, test
}

extension CurveAxis: ExpressibleByArgument {}
extension SeedGrouping: ExpressibleByArgument {}

/// The runs of a figure, and where it is written.
struct FigureOptions: ParsableArguments {
  @OptionGroup var choice: RunsOption

  @Option(
    help: ArgumentHelp(
      "Key whose values order the colours. (default: the last numeric key in which the curves differ)",
      valueName: "key"), completion: .key)
  var colour: String?

  @Option(
    help: ArgumentHelp(
      "Folder for the figure. (default: the analysis folder of the first run)", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  func validate() throws {
    guard !choice.runs.isEmpty else {
      throw ValidationError("'figure' takes the folders of one or more runs, found none.")
    }
    try output.map { try FolderOption.check($0, "--output") }
  }

  /// Throws `UnknownKeyOption` for a key that no configuration has.
  static func check(_ key: String, _ option: String) throws {
    let known = RunConfiguration.keys
    guard !known.contains(key), !key.hasPrefix("features.overrides.") else { return }
    throw UnknownKeyOption(option: option, key: key, near: Spelling.nearest(to: key, among: known))
  }

  /// Reads the runs at each of some weights.
  func read(_ checkpoints: [RunCheckpoint] = [.best]) throws -> [RecordedRun] {
    try colour.map { if $0 != RunFigure.epochKey { try Self.check($0, "--colour") } }
    return try choice.runs.flatMap { path in
      try checkpoints.map { try RecordedRun.read(path, checkpoint: $0) }
    }
  }

  /// Draws a figure of the runs, writes it and prints its numbers.
  func draw(_ runs: [RecordedRun], _ figure: ([RecordedRun]) throws -> RunFigure) throws {
    let labels = ReportFolder("", runs: runs.map(\.description.name))
    let drawn = try figure(labels.labelled(runs, \.description.name))
    let folder =
      output ?? "\(choice.runs[0])/analysis/\(drawn.kind)"
    if let output { try OutputCheck(runs: choice.runs).checkFolder(output, "--output") }
    try drawn.write(to: ReportFolder(folder, runs: labels.labels))
    guard !json else { return try StandardStream.output.print(drawn.summary.pretty) }
    try StandardStream.output.print(
      ([TextTable(drawn.overview).description] + drawn.notes + [
        "report: \(folder)/report.html", "chart:  \(folder)/\(drawn.figure.file)",
      ]).joined(separator: "\n"))
  }
}

/// An option names a key that no configuration has.
struct UnknownKeyOption: Failure, Equatable {
  let option: String
  let key: String
  let near: String?
  var status: FailureStatus { .usage }
  var description: String {
    "\(option): found \"\(key)\", expected a whole dotted key of a configuration"
      + (near.map { "; did you mean \($0)?" } ?? ", such as model.embedding_dim")
  }
}
