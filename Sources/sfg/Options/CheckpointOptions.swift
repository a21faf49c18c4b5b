import ArgumentParser
import Training

extension RunCheckpoint: ExpressibleByArgument {
  /// Parses the argument of `--checkpoint`.
  public init?(argument: String) { self.init(argument) }

  /// What reports call a run with these weights.
  func label(ofRun name: String) -> String { self == .best ? name : "\(name) \(self.name)" }
}

/// Which weights of a run a command reads.
struct CheckpointOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Weights to read: best, last, or epoch-N where training.keep is all.", valueName: "name"),
    completion: .checkpoint)
  var checkpoint = RunCheckpoint.best
}
