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

  /// Everything the report says in numbers; what is undefined is null.
  public static func summary(_ comparison: Comparison) -> JSONValue {
    .object([
      ("rows", .integer(comparison.rows)), ("positives", .integer(comparison.positives)),
      (
        "runs",
        .array(
          comparison.runs.map {
            .object(
              [
                ("run", .text($0.run.name)), ("paradigm", .text($0.run.paradigm.rawValue)),
                ("backbone", .text($0.run.backbone)), ("AUC", json($0.auc)),
                ("logloss", json($0.logloss)),
              ])
          })
      ),
      (
        "differences",
        .array(
          comparison.pairs.map {
            .object([
              ("first", .text(comparison.runs[$0.first].run.name)),
              ("second", .text(comparison.runs[$0.second].run.name)),
              ("AUC", json($0.auc)), ("logloss", json($0.logloss)),
            ])
          })
      ),
    ])
  }

  private static func members(_ estimate: Comparison.Estimate) -> [(String, JSONValue)] {
    [
      ("value", .number(estimate.value)), ("lower", .number(estimate.lower)),
      ("upper", .number(estimate.upper)),
    ]
  }

  private static func json(_ estimate: Comparison.Estimate?) -> JSONValue {
    estimate.map { .object(members($0)) } ?? .null
  }

  private static func json(_ difference: Comparison.Difference?) -> JSONValue {
    difference.map {
      .object(
        members($0.estimate) + [("statistic", .number($0.statistic)), ("p", .number($0.chance))])
    } ?? .null
  }

  private static func cells(_ estimate: Comparison.Estimate?) -> [CSVTable.Cell] {
    estimate.map { [.number($0.value), .number($0.lower), .number($0.upper)] }
      ?? [.empty, .empty, .empty]
  }

  /// One line a run.
  static func runTable(_ comparison: Comparison) -> CSVTable {
    var table = CSVTable(header: [
      "run", "paradigm", "backbone", "rows", "AUC", "AUC_lower", "AUC_upper", "logloss",
      "logloss_lower", "logloss_upper",
    ])
    for judged in comparison.runs {
      let names: [CSVTable.Cell] = [
        .text(judged.run.name), .text(judged.run.paradigm.rawValue), .text(judged.run.backbone),
        .integer(comparison.rows),
      ]
      table.append(names + cells(judged.auc) + cells(judged.logloss))
    }
    return table
  }

  /// One line a pair of runs: the second's number less the first's.
  static func pairTable(_ comparison: Comparison) -> CSVTable {
    var table = CSVTable(header: [
      "first", "second", "AUC", "AUC_lower", "AUC_upper", "AUC_z", "AUC_p", "logloss",
      "logloss_lower", "logloss_upper", "logloss_t", "logloss_p",
    ])
    func cells(_ difference: Comparison.Difference?) -> [CSVTable.Cell] {
      Self.cells(difference?.estimate)
        + (difference.map { [.number($0.statistic), .number($0.chance)] } ?? [.empty, .empty])
    }
    for pair in comparison.pairs {
      let names: [CSVTable.Cell] = [
        .text(comparison.runs[pair.first].run.name), .text(comparison.runs[pair.second].run.name),
      ]
      table.append(names + cells(pair.auc) + cells(pair.logloss))
    }
    return table
  }

  private static func page(_ comparison: Comparison, _ chart: String) -> String {
    var page = HTMLPage(
      title: "\(comparison.runs.count) runs on the same rows",
      lead:
        "Which run predicts \(NumberText.grouped(comparison.rows)) held-out rows best, and whether "
        + "the difference could be chance.")
    page.figure(
      chart,
      caption: "AUC (higher is better) and Logloss (lower is better) with their 95 % intervals. "
        + "Intervals that overlap may still belong to a real difference: the runs are judged on the "
        + "same rows, and the tests below use that.")
    page.table(runs(comparison))
    page.heading("Are the differences real?")
    page.list(comparison.pairs.map { sentence($0, comparison) })
    page.table(pairs(comparison))
    page.definitions(meanings)
    return page.text
  }

  private static func sentence(_ pair: Comparison.Pair, _ comparison: Comparison) -> String {
    let (first, second) = (comparison.runs[pair.first].run, comparison.runs[pair.second].run)
    guard let auc = pair.auc else {
      return "\(second.name) against \(first.name): AUC is undefined, for a class is missing."
    }
    let gain = NumberText.fixed(abs(auc.estimate.value), 5)
    let better = auc.estimate.value > 0 ? "higher" : "lower"
    return auc.chance < 0.05
      ? "\(second.name)'s AUC is \(gain) \(better) than \(first.name)'s; so large a difference is "
        + "hardly chance (p\u{a0}\(text(auc.chance)))."
      : "\(second.name)'s AUC is \(gain) \(better) than \(first.name)'s; these rows cannot tell that "
        + "from chance (p\u{a0}\(text(auc.chance)))."
  }

  private static func text(_ chance: Double) -> String {
    let text = NumberText.chance(chance)
    return text.hasPrefix("<") ? text : "=\u{a0}\(text)"
  }

  /// A number above its interval.
  private static func cell(_ estimate: Comparison.Estimate?) -> HTMLTable.Cell {
    guard let estimate else { return .number("–") }
    func text(_ value: Double) -> String { NumberText.fixed(value, 6) }
    return .estimate(
      text(estimate.value), interval: "\(text(estimate.lower)) … \(text(estimate.upper))")
  }

  private static func runs(_ comparison: Comparison) -> HTMLTable {
    HTMLTable(
      caption: "\(NumberText.grouped(comparison.rows)) rows, "
        + "\(NumberText.grouped(comparison.positives)) of them clicked; each number above its "
        + "95 % interval",
      header: ["Run", "Paradigm", "Backbone", "AUC", "Logloss"],
      rows: comparison.runs.map { judged in
        [
          .word(judged.run.name), .word(judged.run.paradigm.rawValue), .word(judged.run.backbone),
          cell(judged.auc), cell(judged.logloss),
        ]
      })
  }

  private static func pairs(_ comparison: Comparison) -> HTMLTable {
    HTMLTable(
      caption: "Each pair of runs: the second's number less the first's, above its 95 % interval",
      header: ["First", "Second", "AUC", "p (DeLong)", "Logloss", "p (paired\u{a0}t)"],
      rows: comparison.pairs.map { pair in
        [
          .word(comparison.runs[pair.first].run.name),
          .word(comparison.runs[pair.second].run.name),
          cell(pair.auc?.estimate), .number(pair.auc.map { NumberText.chance($0.chance) } ?? "–"),
          cell(pair.logloss.estimate),
          .number(NumberText.chance(pair.logloss.chance)),
        ]
      })
  }

  private static let meanings: [(term: String, meaning: String)] = [
    (
      "AUC, DeLong's test",
      "The chance that a clicked row is ranked above one that was not, ties counting half. DeLong's "
        + "test (1988) knows that the runs were judged on the same rows."
    ),
    (
      "Logloss, paired t-test",
      "The mean of −ln p of what happened. The test is of the difference that each row makes."
    ),
    (
      "95 % interval, p",
      "What other held-out rows of the same kind would give. They say nothing of what another training "
        + "seed would give, and p is not corrected for the number of pairs."
    ),
  ]
}
