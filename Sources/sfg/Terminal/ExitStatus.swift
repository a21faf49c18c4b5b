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

  /// Ends the other processes of this one's work, and this one, with one line about a failure.
  nonisolated(unsafe) static var endOthers: ((any Failure) -> Void)?

  /// Prints what went wrong in one line and ends the program.
  ///
  /// Help is printed by the argument parser.
  static func exit(after error: any Error) -> Never {
    if let failure = error as? any Failure { endOthers?(failure) }
    guard let ending = ending(for: error, arguments: Array(CommandLine.arguments.dropFirst()))
    else { AnyArguments.exit(withError: error) }
    // If the line cannot be written, the status still reports the failure.
    try? StandardStream.errors.print(ending.line)
    Glibc.exit(ending.status)
  }

  /// How an error ends the program; nil for help and the version, which are no failures.
  static func ending(for error: any Error, arguments: [String] = []) -> Ending? {
    if let failure = error as? any Failure { return ending("\(failure)", failure.status) }
    switch AnyArguments.exitCode(for: error) {
    case .success: return nil
    case .validationFailure:
      let (message, usage) = (
        AnyArguments.message(for: error), AnyArguments.fullMessage(for: error)
      )
      return ending(CommandLineCheck.sentence(message, usage: usage, arguments), .usage)
    // The parser has one general status for all errors that are not its own.
    default: return ending("internal error: \(error); please report it", .internalError)
    }
  }

  /// The number of a status: that of sysexits.h, or 128 + SIGINT.
  static func number(of status: FailureStatus) -> Int32 {
    switch status {
    case .usage: 64
    case .badData: 65
    case .missingInput: 66
    case .internalError: 70
    case .exhausted: Exhaustion.status
    case .inputOutput: 74
    case .badConfiguration: 78
    case .interrupted: 130
    }
  }

  /// The parser's functions about errors need a type; the errors name their commands themselves.
  private struct AnyArguments: ParsableArguments {}

  /// The line about a failure.
  static func line(for failure: any Failure) -> String {
    ending(failure.description, failure.status).line
  }

  private static func ending(_ message: String, _ status: FailureStatus) -> Ending {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    return Ending(line: "Error: \(PrintableText.of(line))", status: number(of: status))
  }
}
