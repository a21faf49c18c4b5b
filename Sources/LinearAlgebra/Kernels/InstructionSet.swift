import CVector
import Platform

/// The instructions that the kernels of this program were compiled for.
public enum InstructionSet {
  /// The widest of them: `AVX-512`, `AVX2`, `AVX` or `128 bits`.
  public static let name = String(cString: sfg_instructions())

  /// Throws unless this processor can run the program.
  public static func check() throws {
    guard let missing = sfg_missing_extension() else { return }
    throw MissingInstructions(extension: String(cString: missing))
  }
}

/// The program was compiled for a processor with more instructions than this one has.
public struct MissingInstructions: Failure, Equatable {
  let `extension`: String

  /// The machine lacks what the program needs.
  public var status: FailureStatus { .exhausted }
  /// What is missing, and what to do.
  public var description: String {
    "this processor lacks \(self.extension.uppercased()), for which sfg was built; "
      + "build it on this machine with make build, or for all with make portable"
  }
}
