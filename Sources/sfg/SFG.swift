import ArgumentParser
import LinearAlgebra
import Platform

/// Trains, evaluates and analyses click models on a CPU.
@main struct SFG: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sfg",
    abstract: "Train, evaluate and analyse click-through-rate models on a CPU.",
    discussion: """
      Results go to standard output, progress and logs to standard error. Exit status: 0 done, 64 usage, \
      65 bad data, 66 no such input, 70 internal, 71 no memory, threads or instructions, 74 input/output, 78 bad configuration, 130 interrupted.
      """,
    version: BuildText.version,
    subcommands: [
      TrainCommand.self, EvalCommand.self, PredictCommand.self, CompareCommand.self,
      AnalyzeCommand.self, FigureCommand.self, SweepCommand.self, RunsCommand.self,
      ExportCommand.self, ImportCommand.self, InspectCommand.self, SynthCommand.self,
      ConfigCommand.self,
    ])

  static func main() {
    StandardStream.holdClosed()
    Interruption.ignoreFileLimit()
    Machine.spareAddresses()
    do {
      try InstructionSet.check()
      let arguments = try CommandLineCheck.arguments()
      try CommandLineCheck.checkCommand(arguments[...], of: Self.self, named: "sfg")
      try CommandLineCheck.checkSingleRun(arguments)
      var command = try parseAsRoot(arguments)
      if !(command is TrainCommand), !(command is SweepCommand) {
        try SingleProcessCheck.require(arguments.first ?? "")
      }
      try command.run()
    } catch let help as CleanExit {
      // A command without its subcommand requests its help, which this type finds.
      exit(withError: help)
    } catch {
      // Help, the version and completions, which are those of this command.
      if ExitStatus.ending(for: error) == nil { exit(withError: error) }
      ExitStatus.exit(after: error)
    }
  }
}
