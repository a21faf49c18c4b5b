import ArgumentParser
import Glibc
import Platform

/// How the program ends: the one place where an error becomes a line and a number.
enum ExitStatus {
  /// The line that an error puts on standard error, and the number the program returns.
  struct Ending: Equatable {
    let line: String
    let status: Int32
  }

  /// Says what went wrong in one line and ends the program.
  ///
  /// Help, and mistakes on the command line, are said by the argument parser in its own words.
  static func exit(after error: any Error) -> Never {
    guard let ending = ending(for: error) else { SFG.exit(withError: error) }
    // Where nobody can be told, the number still tells.
    try? StandardStream.errors.print(ending.line)
    Glibc.exit(ending.status)
  }

  /// How an error ends the program; nil where the argument parser has words for it.
  static func ending(for error: any Error) -> Ending? {
    if let failure = error as? any Failure {
      return Ending(line: "sfg: \(oneLine(failure))", status: number(of: failure.status))
    }
    // The parser returns its general failure for errors that are not its own.
    guard SFG.exitCode(for: error) == .failure else { return nil }
    return Ending(
      line: "sfg: internal error: \(oneLine(error)); please report it",
      status: number(of: .internalError))
  }

  /// The number of a kind of trouble: those of sysexits.h, and 128 + SIGINT.
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

  private static func oneLine(_ error: any Error) -> String {
    "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
