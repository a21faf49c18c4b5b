import ArgumentParser
import Glibc
import Platform

/// How the program ends: the one place that turns an error into a line and a status.
enum ExitStatus {
  /// The line for standard error, and the status of the process.
  struct Ending: Equatable {
    let line: String
    let status: Int32
  }

  /// Prints what went wrong in one line and ends the program.
  ///
  /// Help, and mistakes on the command line, are printed by the argument parser.
  static func exit(after error: any Error) -> Never {
    guard let ending = ending(for: error) else { AnyArguments.exit(withError: error) }
    // If the line cannot be written, the status still reports the failure.
    try? StandardStream.errors.print(ending.line)
    Glibc.exit(ending.status)
  }

  /// How an error ends the program; nil if the argument parser has its own message for it.
  static func ending(for error: any Error) -> Ending? {
    if let failure = error as? any Failure {
      return Ending(line: "sfg: \(oneLine(failure))", status: number(of: failure.status))
    }
    // The parser has one general status for all errors that are not its own.
    guard AnyArguments.exitCode(for: error) == .failure else { return nil }
    return Ending(
      line: "sfg: internal error: \(oneLine(error)); please report it",
      status: number(of: .internalError))
  }

  /// The number of a status: that of sysexits.h, or 128 + SIGINT.
  static func number(of status: FailureStatus) -> Int32 {
    switch status {
    case .usage: 64
    case .badData: 65
    case .missingInput: 66
    case .internalError: 70
    case .inputOutput: 74
    case .badConfiguration: 78
    case .interrupted: 130
    }
  }

  /// The parser's functions about errors need a type; the errors name their commands themselves.
  private struct AnyArguments: ParsableArguments {}

  private static func oneLine(_ error: any Error) -> String {
    "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
