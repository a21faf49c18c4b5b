import ArgumentParser

/// Says what is in the data that a configuration names.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Counts what is in the data: rows, click rate, and per field what it holds.")

  @OptionGroup var configuration: ConfigurationOptions

  @Flag(help: "Prints one JSON object and nothing else.")
  var json = false

  func run() throws {
    _ = try configuration.read()
    throw NotWired(command: "inspect")
  }
}
