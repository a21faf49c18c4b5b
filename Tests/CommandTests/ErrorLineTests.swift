import ArgumentParser
import Platform
import TestSupport
import Testing

@testable import sfg

/// The one line of every error: its prefix, its escapes, and the nearest valid word.
@Suite struct ErrorLineTests {
  /// The line that a command line ends with.
  private func line(_ arguments: String) throws -> String? {
    let words = arguments.split(separator: " ").map(String.init)
    do {
      try CommandLineCheck.checkCommand(words[...], of: SFG.self, named: "sfg")
      _ = try SFG.parseAsRoot(words)
      return nil
    } catch {
      let ending = ExitStatus.ending(for: error, arguments: words)
      #expect(ending?.status == 64)
      return ending?.line
    }
  }

  @Test func aMisspeltCommandNamesTheNearest() throws {
    #expect(
      try line("trian --config a")
        == "Error: unknown command 'trian', expected one of train, eval, predict, compare, analyze, "
        + "figure, sweep, runs, export, import, inspect, synth, config; did you mean train?")
    let analysis = try line("analyze colapse --run a")
    #expect(analysis?.hasSuffix("; did you mean collapse?") == true)
    let unknown = try line("frobnicate")
    #expect(unknown?.hasSuffix("; see 'sfg --help'") == true)
  }

  @Test func aMisspeltOptionNamesTheNearest() throws {
    #expect(
      try line("train --confg a")
        == "Error: Unknown option '--confg'. Did you mean '--config'? See 'sfg train --help'.")
  }

  @Test func aMisspeltWordNamesTheNearest() throws {
    #expect(
      try line("eval --run a --split tset")
        == "Error: The value 'tset' is invalid for '--split <split>'. Please provide one of "
        + "'train', 'valid' or 'test'. Did you mean test? See 'sfg eval --help'.")
  }

  @Test(arguments: [
    ("eval", "Missing expected argument '--run <dir>'. See 'sfg eval --help'."),
    ("train --config", "Missing value for '--config <file>'. See 'sfg train --help'."),
    (
      "import fuxictr --config a",
      "Missing expected argument '--expid <id>'. See 'sfg import fuxictr --help'."
    ),
    (
      "synth --preset criteo --rows 1 --output a b",
      "Unexpected argument 'b'. See 'sfg synth --help'."
    ),
    (
      "train --config a --threads 0",
      "'--threads' takes a number from 1 to 1024, found 0. See 'sfg train --help'."
    ),
  ])
  func mistakesOnTheCommandLineAreOneLine(arguments: String, message: String) throws {
    #expect(try line(arguments) == "Error: \(message)")
  }

  @Test func charactersThatControlATerminalAreEscaped() {
    #expect(
      ExitStatus.ending(for: FileFailure.missing(path: "a\u{1B}[2J\u{202E}\u{85}é"))?.line
        == "Error: a\\x1b[2J\\xe2\\x80\\xae é: no such file; check the path")
  }

  @Test func logLinesAreEscaped() {
    var written = ""
    let line = ProgressLine(
      screen: .init(isInteractive: { false }, width: { 80 }, write: { written += $0 }))
    line.event("a\u{1B}b\nc")
    #expect(written == "a\\x1bb\\x0ac\n")
  }

  @Test(.enabled(if: SFGBinary.isThere, SFGBinary.absence))
  func argumentsThatAreNotUTF8AreRefused() throws {
    let folder = try TemporaryFolder()
    let outcome = try SFGBinary.shell(#"$SFG train --config $'a\xffb'"#, in: folder.path)
    #expect(outcome.status == 64)
    #expect(
      outcome.errors
        == "Error: argument 3: expected UTF-8, found \"a\\xffb\"; rename the file\n")
  }
}
