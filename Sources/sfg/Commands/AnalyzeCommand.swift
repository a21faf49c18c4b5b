import Analysis
import ArgumentParser

/// Explains a trained model by what its embeddings look like.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze", abstract: "Shows how collapsed and how redundant embeddings are.",
    subcommands: [Collapse.self, Redundancy.self])

  /// The singular values of what the interactions read.
  struct Collapse: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Draws the singular-value spectrum (dimensional collapse).")

    @OptionGroup var options: AnalysisOptions

    func run() throws {
      Interruption.listen()
      let folder = options.folder(for: "collapse")
      let pool = options.threads.makePool()
      let results = try options.runs.enumerated().map { index, path in
        try AnalysisJob(path, options, pool: pool).collapse(
          dump: options.dump("representation", of: "collapse", run: index))
      }
      try CollapseReport.write(results, to: folder, dump: options.dump)
      print(AnalysisText.table(results))
      print("report: \(folder)/report.html\nchart:  \(folder)/spectrum.svg")
    }
  }

  /// The correlations between the two operands of the interactions.
  struct Redundancy: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Draws the Pearson correlations between the two sides of the interactions.")

    @OptionGroup var options: AnalysisOptions

    func run() throws {
      Interruption.listen()
      let folder = options.folder(for: "redundancy")
      let pool = options.threads.makePool()
      let results = try options.runs.enumerated().map { index, path in
        try AnalysisJob(path, options, pool: pool).redundancy(
          left: options.dump("left", of: "redundancy", run: index),
          right: options.dump("right", of: "redundancy", run: index))
      }
      try RedundancyReport.write(results, to: folder)
      print(AnalysisText.table(results))
      print("report: \(folder)/report.html\npicture: \(folder)/heatmap.png")
    }
  }
}
