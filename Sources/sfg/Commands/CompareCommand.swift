import Analysis
import ArgumentParser
import Foundation
import Platform

/// Evaluates several runs on the same held-out rows, and tests their differences.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Compare runs on the same held-out rows: 95 % intervals, DeLong's test, a paired test.")

  @Argument(help: ArgumentHelp("Folders of two or more runs.", valueName: "run"))
  var runs: [String]

  @OptionGroup var rows: EvaluationOptions

  @Option(
    help: ArgumentHelp("Folder for tables, chart and page. (default: none)", valueName: "dir"))
  var output: String?

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    for run in runs { try FolderOption.check(run, "run") }
    try output.map { try FolderOption.check($0, "--output") }
    guard runs.count >= 2 else {
      throw ValidationError("'compare' takes the folders of two or more runs, found \(runs.count).")
    }
    guard !rows.data.contains("-") else {
      throw ValidationError("'--data' takes files; standard input can be read only once.")
    }
  }

  func run() throws {
    Interruption.listen()
    if let output { try OutputCheck(runs: runs, data: rows.data).checkFolder(output, "--output") }
    let pool = threads.makePool()
    let line = ProgressLine(quiet: json)
    let comparison = try Comparison(
      runs.map {
        try RunScores.read($0, rows, pool, line, quiet: json, work: "compare")
      }
    ).labelled()
    line.clear()
    if let output { try ComparisonReport.write(comparison, to: output) }
    try StandardStream.output.print(
      json ? ComparisonReport.summary(comparison).pretty : ComparisonText.tables(comparison))
    if let output, !json { try StandardStream.output.print("report: \(output)/report.html") }
  }
}

/// The tables of a comparison: one row per run, then one per pair of runs.
enum ComparisonText {
  static func tables(_ comparison: Comparison) -> String {
    "\(comparison.rows) rows, \(comparison.positives) clicks\n\(runs(comparison))\n\n\(pairs(comparison))"
  }

  private static func runs(_ comparison: Comparison) -> String {
    var table = TextTable([
      "run": .left, "AUC": .right, "AUC 95 % CI": .right, "Logloss": .right,
      "Logloss 95 % CI": .right,
    ])
    for judged in comparison.runs {
      table.add(
        judged.run.name, judged.auc.map { number($0.value) } ?? "undefined",
        judged.auc.map(interval) ?? "", number(judged.logloss.value), interval(judged.logloss))
    }
    return table.description
  }

  private static func pairs(_ comparison: Comparison) -> String {
    var table = TextTable([
      "difference": .left, "AUC": .right, "AUC 95 % CI": .right, "p (DeLong)": .right,
      "Logloss": .right, "Logloss 95 % CI": .right, "p (paired t)": .right,
    ])
    for pair in comparison.pairs {
      let (first, second) = (comparison.runs[pair.first].run, comparison.runs[pair.second].run)
      table.add(
        "\(second.name) − \(first.name)",
        pair.auc.map { signed($0.estimate.value) } ?? "undefined",
        pair.auc.map { signedInterval($0.estimate) } ?? "",
        pair.auc.map { Readable.pValue($0.pValue) } ?? "",
        signed(pair.logloss.estimate.value), signedInterval(pair.logloss.estimate),
        Readable.pValue(pair.logloss.pValue))
    }
    return table.description
  }

  private static func number(_ value: Double) -> String { Readable.metric(value) }
  private static func signed(_ value: Double) -> String {
    (value < 0 ? "" : "+") + Readable.metric(value)
  }
  private static func interval(_ estimate: Comparison.Estimate) -> String {
    "\(number(estimate.lower)) … \(number(estimate.upper))"
  }
  private static func signedInterval(_ estimate: Comparison.Estimate) -> String {
    "\(signed(estimate.lower)) … \(signed(estimate.upper))"
  }
}
