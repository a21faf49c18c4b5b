import ArgumentParser
import Configuration
import Foundation
import Platform

/// What the argument parser does not find in a command line, or finds without saying what is near.
enum CommandLineCheck {
  /// The arguments of this process; throws `ArgumentFailure` unless all are UTF-8.
  static func arguments() throws -> [String] {
    try (1..<max(1, Int(CommandLine.argc))).map { index in
      guard let bytes = CommandLine.unsafeArgv[index] else { return "" }
      guard let text = String(validatingCString: bytes) else {
        let found = PrintableText.of(
          bytes: UnsafeBufferPointer(
            start: UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self), count: strlen(bytes)
          ))
        throw ArgumentFailure(
          "argument \(index): expected UTF-8, found \"\(found)\"; rename the file")
      }
      return text
    }
  }

  /// Throws `ArgumentFailure` if the first words are not a command.
  static func checkCommand(
    _ arguments: ArraySlice<String>, of command: any ParsableCommand.Type,
    named path: String
  ) throws {
    let commands = command.configuration.subcommands
    guard !commands.isEmpty, let word = arguments.first, !word.hasPrefix("-"), word != "help"
    else { return }
    if let next = commands.first(where: { $0._commandName == word }) {
      return try checkCommand(arguments.dropFirst(), of: next, named: "\(path) \(word)")
    }
    let names = commands.map { $0._commandName }
    let near = Spelling.nearest(to: word, among: names)
    throw ArgumentFailure(
      "unknown command '\(word)', expected one of \(names.joined(separator: ", "))"
        + (near.map { "; did you mean \($0)?" } ?? "; see '\(path) --help'"))
  }

  /// Throws `ArgumentFailure` if a command that reads one run is given several: the parser would
  /// use the last one.
  static func checkSingleRun(_ arguments: [String]) throws {
    guard let command = arguments.first, ["eval", "export", "predict"].contains(command) else {
      return
    }
    let count = arguments.count { $0 == "--run" || $0.hasPrefix("--run=") }
    guard count > 1 else { return }
    throw ArgumentFailure(
      "'--run' is given \(count) times, but '\(command)' reads one run; give one of them.")
  }

  /// A sentence about the first option that the usage does not list; nil if it lists all.
  private static func unknownOption(in arguments: [String], usage: String) -> String? {
    let names = usage.matches(of: /--[a-z-]+/).map { String($0.0) }
    let options = arguments.lazy.filter { $0.hasPrefix("--") }.map {
      String($0.prefix { $0 != "=" })
    }
    guard let unknown = options.first(where: { !names.contains($0) }) else { return nil }
    let near = Spelling.nearest(to: unknown, among: names)
    return "Unknown option '\(unknown)'" + (near.map { ". Did you mean '\($0)'?" } ?? "")
  }

  /// What the parser refuses, in one line: its message, the nearest word, and the help to read.
  static func sentence(_ parserMessage: String, usage: String, _ arguments: [String]) -> String {
    var message = parserMessage.split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
    // The parser would report a misspelt option as missing.
    if message.hasPrefix("Missing expected argument"),
      let unknown = unknownOption(in: arguments, usage: usage)
    {
      message = unknown
    }
    if let choice = try? /The value '(.*)' is invalid for .*Please provide one of (.*)/
      .firstMatch(in: message)
    {
      let words = choice.2.matches(of: /'([^']*)'/).map { String($0.1) }
      let near = Spelling.nearest(to: String(choice.1), among: words)
      message += near.map { " Did you mean \($0)?" } ?? ""
    }
    guard let help = try? /See '(.*)' for more information/.firstMatch(in: usage) else {
      return message
    }
    return message + (message.last?.isPunctuation == true && message.last != "'" ? "" : ".")
      + " See '\(help.1)'."
  }
}

/// An argument that is invalid before any command reads it.
struct ArgumentFailure: Failure, Equatable {
  let description: String
  var status: FailureStatus { .usage }

  init(_ description: String) { self.description = description }
}
