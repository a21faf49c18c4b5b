import Platform

/// The files of `sfg compare`: two tables, a summary, a chart and a page.
public enum ComparisonReport {
  /// Writes the report; throws `FileFailure`.
  public static func write(_ comparison: Comparison, to folder: String) throws {
    let chart = ComparisonChart(comparison).svg
    try runTable(comparison).write(to: "\(folder)/comparison.csv")
    try pairTable(comparison).write(to: "\(folder)/differences.csv")
    try AtomicFile.write(summary(comparison).pretty + "\n", to: "\(folder)/summary.json")
    try AtomicFile.write(Markup.document(chart), to: "\(folder)/comparison.svg")
    try AtomicFile.write(page(comparison, chart), to: "\(folder)/report.html")
  }

  /// All numbers of the report; undefined ones are null.
  public static func summary(_ comparison: Comparison) -> JSONValue {
    let runs = comparison.runs.map { judged in
      JSONValue.object(
        judged.run.identity + members("AUC", judged.auc) + members("logloss", judged.logloss))
    }
    let differences = comparison.pairs.map { pair in
      JSONValue.object(
        [
          ("first", .text(comparison.runs[pair.first].run.name)),
          ("second", .text(comparison.runs[pair.second].run.name)),
        ] + members("AUC", "z", pair.auc) + members("logloss", "t", pair.logloss))
    }
    return .object([
      ("rows", .integer(comparison.rows)), ("positives", .integer(comparison.positives)),
      ("runs", .array(runs)), ("differences", .array(differences)),
    ])
  }

  /// A metric with its interval, by the names of the columns of tables.
  private static func members(
    _ name: String, _ estimate: Comparison.Estimate?
  ) -> [(String, JSONValue)] {
    [
      (name, .optional(estimate?.value)), ("\(name)_lower", .optional(estimate?.lower)),
      ("\(name)_upper", .optional(estimate?.upper)),
    ]
  }

  /// A difference with its test, whose statistic has its usual letter.
  private static func members(
    _ name: String, _ letter: String, _ difference: Comparison.Difference?
  ) -> [(String, JSONValue)] {
    members(name, difference?.estimate) + [
      ("\(name)_\(letter)", .optional(difference?.statistic)),
      ("\(name)_p", .optional(difference?.pValue)),
      ("\(name)_p_holm", .optional(difference?.correctedPValue)),
    ]
  }

  /// One line per run.
  static func runTable(_ comparison: Comparison) -> CSVTable {
    CSVTable(
      header: [
        "run", "paradigm", "backbone", "rows", "AUC", "AUC_lower", "AUC_upper", "logloss",
        "logloss_lower", "logloss_upper",
      ],
      rows: comparison.runs.map { judged in
        judged.run.identity.map(\.value) + [.integer(comparison.rows)]
          + members("AUC", judged.auc).map(\.1) + members("logloss", judged.logloss).map(\.1)
      })
  }

  /// One line per pair of runs: the second's number minus the first's.
  static func pairTable(_ comparison: Comparison) -> CSVTable {
    CSVTable(
      header: [
        "first", "second", "AUC", "AUC_lower", "AUC_upper", "AUC_z", "AUC_p", "AUC_p_holm",
        "logloss", "logloss_lower", "logloss_upper", "logloss_t", "logloss_p", "logloss_p_holm",
      ],
      rows: comparison.pairs.map { pair in
        [pair.first, pair.second].map { .text(comparison.runs[$0].run.name) }
          + members("AUC", "z", pair.auc).map(\.1)
          + members("logloss", "t", pair.logloss).map(\.1)
      })
  }

  private static func page(_ comparison: Comparison, _ chart: String) -> String {
    var page = HTMLPage(
      title: "Comparison of \(comparison.runs.count) runs",
      lead:
        "AUC and Logloss on the same \(NumberFormat.grouped(comparison.rows)) held-out rows, and whether "
        + "the differences are statistically significant.", runs: comparison.runs.count)
    page.figure(
      chart,
      caption: "AUC (higher is better) and Logloss (lower is better) with their 95 % intervals. "
        + "A difference can be significant although the intervals overlap: the runs are evaluated on the "
        + "same rows, which the tests below take into account.")
    page.table(runs(comparison))
    page.heading("Are the differences significant?")
    page.list(comparison.pairs.map { sentence($0, comparison) })
    page.table(pairs(comparison))
    page.definitions(meanings)
    return page.text
  }

  private static func sentence(_ pair: Comparison.Pair, _ comparison: Comparison) -> String {
    let (first, second) = (comparison.runs[pair.first].run, comparison.runs[pair.second].run)
    guard let auc = pair.auc else {
      return "\(second.name) against \(first.name): AUC is undefined because a class is missing."
    }
    let gain = NumberFormat.fixed(abs(auc.estimate.value), 5)
    let better = auc.estimate.value > 0 ? "higher" : "lower"
    return auc.correctedPValue < 0.05
      ? "\(second.name)'s AUC is \(gain) \(better) than \(first.name)'s: a significant difference "
        + "(p\u{a0}\(text(auc.correctedPValue)))."
      : "\(second.name)'s AUC is \(gain) \(better) than \(first.name)'s: not a significant difference "
        + "on these rows (p\u{a0}\(text(auc.correctedPValue)))."
  }

  private static func text(_ pValue: Double) -> String {
    let text = NumberFormat.pValue(pValue)
    return text.hasPrefix("<") ? text : "=\u{a0}\(text)"
  }

  /// A number with its interval below.
  private static func cell(_ estimate: Comparison.Estimate?) -> ReportTable.Cell {
    guard let estimate else { return .number("–") }
    func text(_ value: Double) -> String { NumberFormat.fixed(value, 6) }
    return .estimate(
      text(estimate.value), interval: "\(text(estimate.lower)) … \(text(estimate.upper))")
  }

  private static func runs(_ comparison: Comparison) -> ReportTable {
    ReportTable(
      caption: "\(NumberFormat.grouped(comparison.rows)) rows, "
        + "\(NumberFormat.grouped(comparison.positives)) of them clicked; each number with its "
        + "95 % interval",
      header: ["Run", "Paradigm", "Backbone", "AUC", "Logloss"],
      rows: comparison.runs.map { judged in
        [
          .word(judged.run.name), .word(judged.run.paradigm.rawValue),
          .word(judged.run.backbone.rawValue),
          cell(judged.auc), cell(judged.logloss),
        ]
      })
  }

  private static func pairs(_ comparison: Comparison) -> ReportTable {
    ReportTable(
      caption: "Each pair of runs: the second's number minus the first's, with its 95 % interval",
      header: ["First", "Second", "AUC", "p (DeLong)", "Logloss", "p (paired\u{a0}t)"],
      rows: comparison.pairs.map { pair in
        [
          .word(comparison.runs[pair.first].run.name),
          .word(comparison.runs[pair.second].run.name),
          cell(pair.auc?.estimate),
          .number(pair.auc.map { NumberFormat.pValue($0.correctedPValue) } ?? "–"),
          cell(pair.logloss.estimate),
          .number(NumberFormat.pValue(pair.logloss.correctedPValue)),
        ]
      })
  }

  private static let meanings: [(term: String, meaning: String)] = [
    (
      "AUC, DeLong's test",
      "The probability that a clicked row is ranked above one that was not, with ties counted half. "
        + "DeLong's test (1988) takes into account that the runs are evaluated on the same rows."
    ),
    (
      "Logloss, paired t-test",
      "Mean −ln p of the observed outcome. The test is on the differences of individual rows."
    ),
    (
      "95 % interval, p",
      "They describe the variation between samples of held-out rows, not between training seeds, which "
        + "sfg sweep adds. p is corrected for the number of pairs by Holm's method (1979)."
    ),
  ]
}
