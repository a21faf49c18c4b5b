import ArgumentParser

/// Makes clicks up.
struct SynthCommand: ParsableCommand {
  /// Which data set is imitated.
  enum Preset: String, CaseIterable, ExpressibleByArgument { case criteo, avazu }

  static let configuration = CommandConfiguration(
    commandName: "synth", abstract: "Makes a click log of any size, from a seed.")

  @Option(help: "The data set whose shape is imitated.")
  var preset: Preset

  @Option(help: "How many rows are made.")
  var rows: Int

  @Option(help: "Chooses one of the possible worlds.")
  var seed: UInt64 = 1

  @Option(help: "The row to start with, for a later part of the same world.")
  var firstRow: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Where the rows go, gzipped where the name ends in .gz; \"-\" is standard output.",
      valueName: "file"))
  var output: String

  @Option(help: ArgumentHelp("Where the true click probabilities go.", valueName: "file"))
  var truth: String?

  @Flag(help: "Prints one JSON object and nothing else.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    let most = 1 << 57
    guard (1..<most).contains(rows), firstRow < UInt64(most) else {
      throw ValidationError("'--rows' and '--first-row' take numbers from 1 and 0 to 2⁵⁷ − 1.")
    }
    guard !json || output != "-" else {
      throw ValidationError("'--json' and '--output -' would both write to standard output.")
    }
  }

  func run() throws { throw NotWired(command: "synth") }
}
