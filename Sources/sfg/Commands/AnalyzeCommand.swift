import Analysis
import ArgumentParser
import Platform

/// Explains a trained model by what its embeddings look like.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze", abstract: "Shows how collapsed and how redundant embeddings are.",
    subcommands: [Collapse.self, Redundancy.self, Report.self])

  /// The singular values of what the interactions read.
  struct Collapse: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Draws the singular-value spectra (dimensional collapse).")

    @OptionGroup var options: AnalysisOptions
    @OptionGroup var collapse: CollapseOptions

    func run() throws {
      let folder = options.folder(for: "collapse")
      let results = try AnalysisJob.run(options) { _, run in
        AnalysisRequest(collapse: collapse.request(dump: options.dump(into: folder, run: run)))
      }.compactMap(\.collapse)
      try CollapseReport.write(results, to: folder, dump: options.dump)
      try StandardStream.output.print(AnalysisText.table(results))
      try StandardStream.output.print(
        "report: \(folder)/report.html\nchart:  \(folder)/spectrum.svg")
    }
  }

  /// The correlations between the two operands of the interactions.
  struct Redundancy: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Draws the Pearson correlations between the two sides of the interactions.")

    @OptionGroup var options: AnalysisOptions

    func run() throws {
      let folder = options.folder(for: "redundancy")
      let results = try AnalysisJob.run(options) { operands, run in
        AnalysisRequest(
          redundancy: .init(operands: operands, dump: options.dump(into: folder, run: run)))
      }.compactMap(\.redundancy)
      try RedundancyReport.write(results, to: folder)
      try StandardStream.output.print(AnalysisText.table(results))
      try StandardStream.output.print(
        "report: \(folder)/report.html\npicture: \(folder)/heatmap.png")
    }
  }

  /// Both, in one pass over the rows and on one page.
  struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Runs both analyses in one pass and writes one page on them.")

    @OptionGroup var options: AnalysisOptions
    @OptionGroup var collapse: CollapseOptions

    func run() throws {
      let folder = options.output ?? "\(options.runs[0])/analysis"
      let results = try AnalysisJob.run(options) { operands, run in
        AnalysisRequest(
          collapse: collapse.request(dump: options.dump(into: "\(folder)/collapse", run: run)),
          redundancy: .init(
            operands: operands, dump: options.dump(into: "\(folder)/redundancy", run: run)))
      }
      try FullReport.write(results, to: folder, dump: options.dump)
      try StandardStream.output.print(AnalysisText.table(results.compactMap(\.collapse)))
      try StandardStream.output.print(AnalysisText.table(results.compactMap(\.redundancy)))
      try StandardStream.output.print("report: \(folder)/report.html")
    }
  }
}
