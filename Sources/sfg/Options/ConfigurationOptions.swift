import ArgumentParser
import Configuration

extension ConfigurationOverride: ExpressibleByArgument {
  /// Takes the argument of `--set` apart; nil where it is not KEY=VALUE.
  public init?(argument: String) { self.init(argument) }
}

/// A configuration file with what the command line changes in it.
struct ConfigurationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The run's configuration, in YAML.", valueName: "file"))
  var config: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Sets one key, such as model.embedding_dim=16; may be given again.",
      valueName: "key=value"))
  var overrides: [ConfigurationOverride] = []

  /// Reads the file, those it extends, and the overrides over them.
  func read() throws -> RunConfiguration {
    try RunConfiguration(file: config, overrides: overrides)
  }
}
