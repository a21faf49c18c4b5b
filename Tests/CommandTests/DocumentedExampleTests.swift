import Foundation
import TestSupport
import Testing

/// The commands of a page of the documentation, run one after another as a reader would.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct DocumentedExampleTests {
  @Test(arguments: [
    ("explain-and-calibrate", 4, "test isotonic"), ("predict-and-segments", 7, "ECE      GAUC"),
  ])
  func theCommandsOfAPageRun(name: String, count: Int, last expected: String) throws {
    let page = try String(
      contentsOf: SFGBinary.package.appending(path: "Documentation/\(name).md"), encoding: .utf8)
    let blocks = page.matches(of: /```sh\n(.*?)```/.dotMatchesNewlines()).map { String($0.1) }
    #expect(blocks.count == count)
    let folder = try TemporaryFolder()
    var last = ""
    for block in blocks {
      let outcome = try SFGBinary.shell(
        "sfg() { \"$SFG\" \"$@\"; }; set -e\n\(block)", in: folder.path)
      #expect(outcome.status == 0, "\(block)\n\(outcome.errors)")
      last = outcome.output
    }
    #expect(last.contains(expected), "\(last)")
  }

  /// The same commands on fewer rows and days.
  @Test func theCommandsForDailyRetrainingRun() throws {
    let page = try String(
      contentsOf: SFGBinary.package.appending(path: "Documentation/daily-retraining.md"),
      encoding: .utf8)
    let blocks = page.matches(of: /```sh\n(.*?)```/.dotMatchesNewlines()).map { String($0.1) }
    #expect(blocks.count == 3)
    let folder = try TemporaryFolder()
    let script = SFGBinary.package.appending(path: "Scripts/daily").path
    let outcomes = try blocks.map { block in
      let small = block.replacing("Scripts/daily", with: "'\(script)' --sfg \"$SFG\"")
        .replacing("--rows 50000", with: "--rows 1500")
        .replacing("--rows 100000", with: "--rows 400 --days 3")
      return try SFGBinary.shell(
        "sfg() { \"$SFG\" \"$@\"; }; set -e\n\(small)", in: folder.path)
    }
    for (block, outcome) in zip(blocks, outcomes) {
      #expect(outcome.status == 0, "\(block)\n\(outcome.errors)")
    }
    #expect(outcomes[0].errors.contains("from: runs/monday/checkpoint/last.safetensors"))
    for day in 2...5 { #expect(outcomes[1].output.contains("days/2026-03-0\(day).csv.gz  1500")) }
    // Two days are evaluated by three models each, and the last line sums them up.
    let lines = outcomes[2].output.split(separator: "\n")
    #expect(lines.count == 5 && lines[2].hasPrefix("| 2026-03-03 |"))
  }
}
