import Foundation
import TestSupport
import Testing

/// The commands of pages of the documentation, run one after another as a reader would.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct DocumentedExampleTests {
  @Test(arguments: [
    ("explain-and-calibrate", 4, "test isotonic"), ("predict-and-segments", 7, "ECE      GAUC"),
    ("sweeps", 3, "report: runs/search/report.html"),
    ("figures", 3, "analysis/spectra/spectra.svg"),
  ])
  func theCommandsOfAPageRun(name: String, count: Int, last expected: String) throws {
    let results = try run("\(name).md")
    #expect(results.count == count)
    #expect(try #require(results.last).output.contains(expected))
  }

  @Test func theCommandsForWeightsAndSamplingRunAndReportWhatThePageSays() throws {
    let results = try run("weights-and-sampling.md")
    #expect(results.count == 5)
    // Whatever the digits, predictions for all rows are calibrated only after the correction.
    func calibration(_ result: SFGBinary.Outcome) throws -> Double {
      let row = try #require(result.output.split(separator: "\n").last { $0.contains("all.csv") })
      return try #require(Double(row.split(separator: " ").map(String.init)[5]))
    }
    #expect(try calibration(results[1]) > 4)
    #expect(abs(try calibration(results[2]) - 1) < 0.1)
  }

  /// The same commands on fewer rows and days.
  @Test func theCommandsForDailyRetrainingRun() throws {
    let page = try String(
      contentsOf: SFGBinary.package.appending(path: "Documentation/how-to/daily-retraining.md"),
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

  /// Runs the blocks of commands of a page one after another.
  private func run(_ page: String) throws -> [SFGBinary.Outcome] {
    let text = try String(
      contentsOf: SFGBinary.package.appending(path: "Documentation/\(page)"), encoding: .utf8)
    let folder = try TemporaryFolder()
    return try text.matches(of: /```sh\n(.*?)```/.dotMatchesNewlines()).map { match in
      let outcome = try SFGBinary.shell(
        "sfg() { \"$SFG\" \"$@\"; }; set -e\n\(match.1)", in: folder.path)
      #expect(outcome.status == 0, "\(match.1)\n\(outcome.errors)")
      return outcome
    }
  }
}
