import ArgumentParser
import ClickData

/// Evaluates a trained model on a split of its data, or on other files.
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Evaluates a run's best model.")

  @Option(name: .customLong("run"), help: ArgumentHelp("The run's folder.", valueName: "dir"))
  var folder: String

  @Option(help: "The split to evaluate. (default: test)")
  var split: Split?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Files to evaluate instead, in the format of the run; \"-\" is standard input.",
      valueName: "file"))
  var data: [String] = []

  @Option(
    help: ArgumentHelp(
      "Writes row, label, logit and probability, gzipped where the name ends in .gz.",
      valueName: "file"))
  var predictions: String?

  @Flag(help: "Prints one JSON object and nothing else.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard split != nil, !data.isEmpty else { return }
    throw ValidationError("'--split' and '--data' exclude one another; give one of them.")
  }

  func run() throws { throw NotWired(command: "eval") }
}
