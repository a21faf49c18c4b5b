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

  @OptionGroup var choice: RunsOption

  @Option(
    help: ArgumentHelp(
      "Compare the other runs with this one only. (default: all pairs)", valueName: "run"),
    completion: .run)
  var baseline: String?

  @Option(
    help: ArgumentHelp(
      "Compare runs that differ in one key only, such as model.paradigm.", valueName: "key"),
    completion: .key)
  var pair: String?

  @OptionGroup var rows: EvaluationOptions

  @Option(
    help: ArgumentHelp("Folder for tables, chart and page. (default: none)", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    try baseline.map { try FolderOption.check($0, "--baseline") }
    try output.map { try FolderOption.check($0, "--output") }
    guard runs.count >= 2 else {
      throw ValidationError("'compare' takes the folders of two or more runs, found \(runs.count).")
    }
    guard baseline == nil || pair == nil else {
      throw ValidationError("'--baseline' and '--pair' are mutually exclusive; give one of them.")
    }
    guard !rows.data.contains("-") else {
      throw ValidationError("'--data' takes files; standard input can be read only once.")
    }
  }

  /// The baseline first, if it is not among the other runs.
  private var runs: [String] {
    guard let baseline, !choice.runs.contains(baseline) else { return choice.runs }
    return [baseline] + choice.runs
  }

  /// The pairs that are compared; nil for all.
  private func pairs() throws -> [(first: Int, second: Int)]? {
    if let pair { return try RunPairs.differing(in: pair, among: runs) }
    return baseline.flatMap(runs.firstIndex).map { first in
      runs.indices.filter { $0 != first }.map { (first, $0) }
    }
  }

  func run() throws {
    Interruption.listen()
    let pairs = try pairs()
    if let output { try OutputCheck(runs: runs, data: rows.data).checkFolder(output, "--output") }
    let pool = threads.makePool()
    let line = ProgressLine(quiet: json)
    let scores = try runs.map {
      try RunScores.read($0, rows, pool, line, quiet: json, work: "compare")
    }
    let comparison = try Comparison(scores, pairs: pairs).labelled()
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
      + (comparison.pairs.count > 1
        ? "\np is corrected for \(comparison.pairs.count) pairs (Holm)" : "")
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
        pair.auc.map { Readable.pValue($0.correctedPValue) } ?? "",
        signed(pair.logloss.estimate.value), signedInterval(pair.logloss.estimate),
        Readable.pValue(pair.logloss.correctedPValue))
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
