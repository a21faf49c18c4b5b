import ArgumentParser
import Configuration
import Platform

/// Turns configurations of other tools into those of `sfg`.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turn configurations of other tools into those of sfg.",
    subcommands: [FuxiCTRCommand.self])
}

/// Turns an experiment of FuxiCTR into a configuration.
struct FuxiCTRCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuxictr",
    abstract: "Turn an experiment of FuxiCTR into a configuration.",
    discussion: """
      Reads dataset_config.yaml and model_config.yaml, or folders of these names, of FuxiCTR or of the code of SFG's authors, \
      and prints one YAML file. Every key that has no equivalent is named on standard error; what cannot be represented is refused.

      EXAMPLE: sfg import fuxictr --config config --expid DeepFM_default --output deepfm.yaml
      """)

  @Option(
    help: ArgumentHelp("Folder of the configurations.", valueName: "dir"),
    completion: .directory)
  var config: String

  @Option(help: ArgumentHelp("Id of the experiment in model_config.", valueName: "id"))
  var expid: String

  @Option(
    help: ArgumentHelp("File to write. (default: standard output)", valueName: "file"),
    completion: .file())
  var output: String?

  func validate() throws { try FolderOption.check(config, "--config") }

  func run() throws {
    let found = try FuxiCTRImport(experiment: expid, in: config)
    // What was imported must be a configuration.
    _ = try RunConfiguration(yaml: found.yaml, name: "\(config), as imported")
    let text = "# \(expid) of FuxiCTR.\n\(found.yaml)"
    if let output {
      try AtomicFile.write(text, to: output)
    } else {
      try StandardStream.output.write(text)
    }
    for remark in found.remarks { try StandardStream.errors.print(remark) }
  }
}
