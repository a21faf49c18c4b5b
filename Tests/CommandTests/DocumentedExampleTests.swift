import Foundation
import TestSupport
import Testing

/// A page of the documentation.
struct DocumentedPage: CustomTestStringConvertible {
  /// The path below the package.
  let path: String
  let text: String

  var testDescription: String { path }

  /// The README and all pages below `Documentation`.
  static let all: [DocumentedPage] = {
    let folder = SFGBinary.package.appending(path: "Documentation").path
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    let pages = names.filter { $0.hasSuffix(".md") }.sorted().map { "Documentation/\($0)" }
    return (["README.md"] + pages).map(DocumentedPage.init)
  }()

  init(_ path: String) {
    self.path = path
    let file = SFGBinary.package.appending(path: path)
    text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
  }

  /// The blocks of code, with the word behind their fence.
  var blocks: [(kind: String, code: String)] {
    text.matches(of: /^ *```([^\n`]*)\n(.*?)^ *```/.dotMatchesNewlines().anchorsMatchLineEndings())
      .map { (String($0.1), String($0.2)) }
  }

  /// The commands that a reader would run.
  var commands: [String] { blocks.filter { $0.kind == "sh" }.map(\.code) }
}

/// The commands of the README and of all pages, run one after another as a reader would.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct DocumentedExampleTests {
  /// What makes the commands of a page fast enough for a test.
  private static let smaller: [String: [(from: String, to: String)]] = [
    "README.md": [("--rows 200000", "--rows 4000"), ("epochs: 20", "epochs: 2")],
    "Documentation/how-to/daily-retraining.md": [
      ("Scripts/daily", "Scripts/daily --sfg \"$SFG\""), ("--rows 50000", "--rows 1500"),
      ("--rows 100000", "--rows 400 --days 3"),
    ],
    "Documentation/tutorials/first-model.md": [("--rows 20000", "--rows 4000")],
  ]

  /// What the last command of a page prints, beside success.
  private static let endings = [
    "README.md": "report: runs/analysis/report.html",
    "Documentation/tutorials/first-model.md": "row,id,logit,probability",
    "Documentation/tutorials/reproduce-table-1.md": "| lr |",
    "Documentation/how-to/explain-and-calibrate.md": "test isotonic",
    "Documentation/how-to/predict-and-segments.md": "ECE      GAUC",
    "Documentation/how-to/sweeps.md": "report: runs/search/report.html",
    "Documentation/how-to/figures.md": "analysis/spectra/spectra.svg",
  ]

  @Test(arguments: DocumentedPage.all.filter { !$0.commands.isEmpty })
  func theCommandsOfAPageRun(page: DocumentedPage) throws {
    let outcomes = try run(page)
    guard let ending = Self.endings[page.path] else { return }
    #expect(try #require(outcomes.last).output.contains(ending))
  }

  @Test func everyBlockOfCommandsIsRun() {
    // A fence that the pages' pattern misses would hide commands.
    let kinds: Set = ["", "sh", "console", "text", "json", "yaml", "python", "c"]
    for page in DocumentedPage.all {
      let fences = page.text.split(separator: "\n").filter {
        $0.drop { $0 == " " }.hasPrefix("```")
      }
      #expect(fences.count == 2 * page.blocks.count, "\(page.path)")
      for (kind, code) in page.blocks {
        #expect(kinds.contains(kind), "\(page.path): unknown kind of block: \(kind)")
        guard kind != "sh", kind != "console" else { continue }
        #expect(
          code.firstMatch(
            of: /^(sfg|make|mpirun|swift|sudo|Scripts\/\S+) [a-z-]/.anchorsMatchLineEndings())
            == nil,
          "\(page.path): commands outside of a block of sh or console:\n\(code)")
      }
    }
    #expect(DocumentedPage.all.count > 30)
  }

  @Test func theCommandsForWeightsAndSamplingReportWhatThePageSays() throws {
    let results = try run(DocumentedPage("Documentation/how-to/weights-and-sampling.md"))
    #expect(results.count == 5)
    // Whatever the digits, predictions for all rows are calibrated only after the correction.
    func calibration(_ result: SFGBinary.Outcome) throws -> Double {
      let row = try #require(result.output.split(separator: "\n").last { $0.contains("all.csv") })
      return try #require(Double(row.split(separator: " ").map(String.init)[5]))
    }
    #expect(try calibration(results[1]) > 4)
    #expect(abs(try calibration(results[2]) - 1) < 0.1)
  }

  @Test func theCommandsForDailyRetrainingReportEveryDay() throws {
    let outcomes = try run(DocumentedPage("Documentation/how-to/daily-retraining.md"))
    #expect(outcomes.count == 3)
    #expect(outcomes[0].errors.contains("from: runs/monday/checkpoint/last.safetensors"))
    for day in 2...5 { #expect(outcomes[1].output.contains("days/2026-03-0\(day).csv.gz  1500")) }
    // Two days are evaluated by three models each, and the last line sums them up.
    let lines = outcomes[2].output.split(separator: "\n")
    #expect(lines.count == 5 && lines[2].hasPrefix("| 2026-03-03 |"))
  }

  /// Runs the blocks of commands of a page one after another, in a folder with the project's
  /// scripts and configurations.
  private func run(_ page: DocumentedPage) throws -> [SFGBinary.Outcome] {
    let folder = try TemporaryFolder()
    for name in ["Scripts", "configs"] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/\(name)",
        withDestinationPath: SFGBinary.package.appending(path: name).path)
    }
    for (from, _) in Self.smaller[page.path] ?? [] {
      #expect(page.commands.contains { $0.contains(from) }, "\(page.path) has no \(from)")
    }
    return try page.commands.map { block in
      let small = (Self.smaller[page.path] ?? []).reduce(block) {
        $0.replacing($1.from, with: $1.to)
      }
      let outcome = try SFGBinary.shell(
        "sfg() { \"$SFG\" \"$@\"; }; set -e\n\(small)", in: folder.path)
      #expect(outcome.status == 0, "\(page.path):\n\(small)\n\(outcome.errors)")
      return outcome
    }
  }
}
