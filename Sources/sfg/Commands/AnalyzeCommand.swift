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

    func run() throws { throw NotWired(command: "analyze collapse") }
  }

  /// The correlations between the two operands of the interactions.
  struct Redundancy: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Draws the Pearson correlations between the two sides of the interactions.")

    @OptionGroup var options: AnalysisOptions

    func run() throws { throw NotWired(command: "analyze redundancy") }
  }
}
