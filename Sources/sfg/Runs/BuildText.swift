import CBuild
import LinearAlgebra

/// What `--version` prints: which program this is.
enum BuildText {
  /// The version, the commit, the traits, and the instructions of the kernels.
  static let version = text(
    commit: String(cString: sfg_commit()), traits: traits, kernels: InstructionSet.name)

  static func text(commit: String, traits: [String], kernels: String) -> String {
    ([TrainingJob.version] + (commit.isEmpty ? [] : ["commit \(commit)"])
      + (traits.isEmpty ? [] : ["with \(traits.joined(separator: " and "))"]))
      .joined(separator: ", ") + " (\(kernels))"
  }

  private static var traits: [String] {
    var names: [String] = []
    #if ISAL
      names.append("ISAL")
    #endif
    #if MPI
      names.append("MPI")
    #endif
    return names
  }
}
