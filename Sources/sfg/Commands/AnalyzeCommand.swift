import Analysis
import ArgumentParser
import Configuration
import Models
import Platform
import Training

/// Analyses the embeddings of trained models.
struct AnalyzeCommand: ParsableCommand {
  /// The analyses, in the order of the joint page; each is a subcommand.
  ///
  /// Importance is last, because it runs the model again.
  static var analyses: [any AnalysisArguments.Type] {
    [CollapseOptions.self, NoOptions<RedundancyAnalysis>.self, ImportanceOptions.self]
  }

  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Analyse how collapsed and redundant embeddings are, and what each field is worth.",
    subcommands: analyses.map { $0.command } + [Report.self])

  /// One analysis, with a table of its main numbers.
  struct Single<Arguments: AnalysisArguments>: ParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        commandName: Arguments.Analysis.name, abstract: Arguments.Analysis.abstract)
    }

    @OptionGroup var options: AnalysisOptions
    @OptionGroup var arguments: Arguments

    func run() throws {
      let folder = options.folder(for: Arguments.Analysis.name)
      let figures = try AnalyzeCommand.reports(options, [(arguments.analysis, folder)]).map(
        \.figure)
      var lines = ["report: \(folder)/report.html"]
      for (kind, file) in figures {
        lines.append(
          "\(kind):".padding(toLength: max(kind.count + 2, 8), withPad: " ", startingAt: 0)
            + "\(folder)/\(file)")
      }
      try StandardStream.output.print(lines.joined(separator: "\n"))
    }
  }

  /// All analyses, in one pass over the rows and on one page.
  struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Run all analyses in one pass over the rows, and write a joint page.")

    @OptionGroup var options: AnalysisOptions
    @OptionGroup var collapse: CollapseOptions
    @OptionGroup var importance: ImportanceOptions

    func run() throws {
      let folder = options.folder
      let given: [any AnalysisArguments] = [collapse, importance]
      let analyses = try AnalyzeCommand.analyses.map { kind -> any ModelAnalysis in
        try (given.first { type(of: $0) == kind } ?? kind.parse([])).analysis
      }
      let reports = try AnalyzeCommand.reports(
        options, analyses.map { ($0, "\(folder)/\(type(of: $0).name)") })
      let page = "\(folder)/report.html"
      try FullReport.write(reports, to: page)
      try StandardStream.output.print("report: \(page)")
    }
  }

  /// Analyses the runs one after another; writes the report of each analysis and prints its table.
  private static func reports(
    _ options: AnalysisOptions, _ analyses: [(analysis: any ModelAnalysis, folder: String)]
  ) throws -> [any AnalysisReport] {
    Interruption.listen()
    if let output = options.output {
      try OutputCheck(runs: options.runs, data: options.data).checkFolder(output, "--output")
    }
    let checkpoint = options.weights.checkpoint
    let names = try options.runs.map {
      checkpoint.label(ofRun: try RunConfiguration(file: RunFolder($0).configurationPath).run)
    }
    let jobs = analyses.map {
      (analysis: $0.analysis, files: ReportFolder($0.folder, runs: names, dumps: options.dump))
    }
    let pool = options.threads.makePool()
    let line = ProgressLine()
    let results = try options.runs.enumerated().map { index, path in
      let loaded = try LoadedRun(path, checkpoint: checkpoint, pool: pool)
      let watch = Stopwatch()
      let stream = try loaded.batches(of: options)
      WeightText.unweighted(
        "analyze", run: path, loaded.configuration.dataset, negativeRate: stream.negativeRate
      ).map(line.event)
      // Of sampled rows that count once, the uncorrected predictions are the calibrated ones.
      if stream.negativeRate != 1 { loaded.model.logitShift = 0 }
      let probe = ModelProbe(model: loaded.model, rows: options.rows) {
        guard !Interruption.isRequested else { throw Interrupted(work: "analyze") }
        line.update(
          TrainingReporter.progress(
            stream.progress, label: "read \(loaded.description.name)", seconds: watch.seconds))
        return try stream.next()
      }
      let found = try probe.analyse(
        AnalysedRun(
          loaded.description, folder: path, index: index, model: loaded.model, pool: pool
        ) { progress in
          guard !Interruption.isRequested else { throw Interrupted(work: "analyze") }
          line.update(
            Progress(
              label: "\(progress.label) \(loaded.description.name)", rows: progress.rows,
              totalRows: progress.totalRows,
              rowsPerSecond: Double(progress.rows) / max(watch.seconds, 1e-9)))
        }, jobs)
      let progress = stream.progress
      PassText.skipped(progress.badRows, beside: progress.rows, split: options.rowsName)
        .map { line.event("\(path): \($0)") }
      return found
    }
    line.clear()
    let reports = try jobs.enumerated().map { index, job in
      try job.analysis.report(onEach: job.files.labelled(results.map { $0[index] }, \.run.name))
    }
    for (report, job) in zip(reports, jobs) { try report.write(to: job.files) }
    for report in reports {
      try StandardStream.output.print(
        ([TextTable(report.overview).description] + report.notes).joined(separator: "\n"))
    }
    return reports
  }
}

extension AnalysisArguments {
  /// The subcommand of the analysis.
  fileprivate static var command: any ParsableCommand.Type { AnalyzeCommand.Single<Self>.self }
}
