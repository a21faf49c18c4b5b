import Foundation
import TestSupport
import Testing

/// Standard streams that are closed or cannot be used.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct StandardStreamCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.write(
      "a.yaml",
      "run: a\ndataset: {format: delimited, train: a.csv, label: y, fields: [a]}\n"
        + "features: {categorical: {encoding: hash, buckets: 9}}\nmodel: {backbone: lr}\ntraining: {epochs: 1}\n"
    )
    _ = try folder.write("a.csv", "y,a\n" + (0..<300).map { "\($0 % 2),v\($0 % 3)\n" }.joined())
  }

  private func shell(_ line: String) throws -> SFGBinary.Outcome {
    try SFGBinary.shell(line, in: folder.path)
  }

  /// Where a subcommand is missing, the help of the command lists them.
  @Test(arguments: [
    ("", "train"), ("analyze", "collapse"), ("figure", "curves"), ("import", "fuxictr"),
  ])
  func aCommandWithoutItsSubcommandPrintsItsHelp(command: String, subcommand: String) throws {
    let outcome = try SFGBinary.run(command, in: "/")
    #expect(outcome.status == 0)
    #expect(
      outcome.output.contains("USAGE: sfg \(command.isEmpty ? "" : "\(command) ")<subcommand>"),
      "\(outcome.output)")
    #expect(outcome.output.contains("\n  \(subcommand) "), "\(outcome.output)")
  }

  /// A result that is not written must not look like success.
  @Test func resultsThatCannotBeWrittenAreAnError() throws {
    for command in ["inspect --config a.yaml", "inspect --config a.yaml --json"] {
      for output in ["> /dev/full", ">&-"] {
        let outcome = try shell("$SFG \(command) \(output)")
        #expect(outcome.status == 74, "\(command) \(output)")
        #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
        #expect(
          outcome.errors.hasPrefix("Error: standard output: cannot write: "), "\(outcome.errors)")
      }
    }
  }

  /// A file that reuses the descriptor of a closed stream would receive the output.
  @Test func closedStreamsDoNotDamageFiles() throws {
    let train = "$SFG train --config a.yaml"
    #expect(try shell("\(train) --output open").status == 0)
    #expect(try shell("\(train) --output closed >&- 2>&- <&-").status == 74)
    for file in ["config.yaml", "checkpoint/best.safetensors", "encoder/fields.json"] {
      let found = try ["open", "closed"].map {
        try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\($0)/\(file)"))
      }
      #expect(found[0] == found[1], "\(file)")
    }
  }

  @Test func anErrorThatCannotBePrintedStillHasItsStatus() throws {
    for errors in ["2> /dev/full", "2>&-"] {
      #expect(
        try shell("$SFG inspect --config a.yaml --set dataset.train=none.csv \(errors)").status
          == 66)
    }
  }

  @Test func closedStandardInputCannotBeRead() throws {
    let outcome = try shell("$SFG train --config a.yaml --quiet --set dataset.train=- <&-")
    #expect(outcome.status == 74)
    #expect(outcome.errors == "Error: standard input: cannot read: bad file descriptor\n")
  }

  @Test func aFolderAsStandardInputIsReportedAsSuch() throws {
    let outcome = try shell("$SFG inspect --config a.yaml --set dataset.train=- < .")
    #expect(outcome.status == 66)
    #expect(outcome.errors == "Error: standard input: is a directory, expected a file\n")
  }
}
