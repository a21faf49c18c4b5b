import Models
import Platform

/// The files of a sweep: its table in four formats, a summary, a chart and a page.
public struct SweepReport {
  private let table: SweepTable
  private let results: SweepResults

  /// The names of the files.
  public static let files = [
    "table.md", "table.tex", "table.csv", "summary.json", "differences.svg", "report.html",
  ]

  /// Tests the differences, corrected for their number.
  public init(_ results: SweepResults) {
    table = SweepTable(results)
    self.results = results
  }

  /// What a reader should know before believing a difference, one sentence each.
  public var cautions: [String] { table.cautions }

  /// Writes the files; throws `FileFailure`.
  public func write(to folder: String) throws {
    try AtomicFile.write(table.markdown, to: "\(folder)/table.md")
    try AtomicFile.write(table.latex, to: "\(folder)/table.tex")
    try csv.write(to: "\(folder)/table.csv")
    try AtomicFile.write(summary.pretty + "\n", to: "\(folder)/summary.json")
    let chart = SweepChart(table)?.svg
    if let chart {
      try AtomicFile.write(Markup.document(chart), to: "\(folder)/differences.svg")
    }
    let figures = SweepFigures(results)
    try figures.write(to: folder)
    try AtomicFile.write(page(chart, figures), to: "\(folder)/report.html")
  }

  /// The main columns, for a terminal.
  public var overview: ReportTable {
    ReportTable(
      caption: table.caption,
      header: ["model", results.compared, "n", "AUC", "Δ AUC", "p (Holm)", "Logloss"],
      rows: table.lines.map { line in
        func number(_ value: Double?) -> String { NumberFormat.fixed(value, 5) }
        let difference = line.arm.difference?.auc?.estimate.value
        return [
          .word(line.block), .word(line.arm.label), .number("\(line.arm.runs.count)"),
          .number(number(line.mean(\.auc)?.mean)),
          .number((difference ?? -1 < 0 ? "" : "+") + number(difference)),
          .number(SweepTable.text(pValue: line.pAUC)),
          .number(number(line.mean(\.logloss)?.mean)),
        ]
      })
  }

  /// The numbers of a line, by the names of the columns of `table.csv`.
  private func numbers(_ line: SweepTable.Line) -> [(String, JSONValue)] {
    func mean(_ name: String, _ value: SeedMean?) -> [(String, JSONValue)] {
      [(name, .optional(value?.mean)), ("\(name)_sd", .optional(value?.deviation))]
    }
    func test(_ name: String, _ found: TwoLevelDifference?, _ holm: Double?) -> [(
      String, JSONValue
    )] {
      [
        ("delta_\(name)", .optional(found?.estimate.value)),
        ("delta_\(name)_lower", .optional(found?.estimate.lower)),
        ("delta_\(name)_upper", .optional(found?.estimate.upper)),
        ("delta_\(name)_row_error", .optional(found?.rowError)),
        ("delta_\(name)_seed_error", .optional(found?.seedError)),
        ("delta_\(name)_p", .optional(found?.pValue)), ("delta_\(name)_p_holm", .optional(holm)),
      ]
    }
    let difference = line.arm.difference
    return [
      ("model", .text(line.block)), (results.compared, .text(line.arm.label)),
      (
        "chosen",
        .text(line.arm.chosen.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
      ),
      ("n", .integer(line.arm.runs.count)), ("expected", .integer(line.arm.expected)),
    ] + mean("AUC", line.mean(\.auc)) + mean("logloss", line.mean(\.logloss))
      + test("AUC", difference?.auc, line.pAUC)
      + test("logloss", difference?.logloss, line.pLogloss)
      + [
        ("best_epoch", .optional(line.bestEpoch?.mean)),
        ("embedding_rankme", .optional(line.mean(\.embeddingRankMe)?.mean)),
        ("source_rankme", .optional(line.mean(\.sourceRankMe)?.mean)),
        ("own_field_mean_abs_r", .optional(line.mean(\.ownField)?.mean)),
        ("cross_field_mean_abs_r", .optional(line.mean(\.crossField)?.mean)),
        ("rows_per_second", .optional(line.mean(\.rowsPerSecond)?.mean)),
        (
          "rows_per_cpu_second", .optional(line.mean(\.rowsPerProcessorSecond)?.mean)
        ),
        ("cost_ratio", .optional(line.costRatio)),
      ]
  }

  private var csv: CSVTable {
    let rows = table.lines.map(numbers)
    return CSVTable(header: rows.first?.map(\.0) ?? [], rows: rows.map { $0.map(\.1) })
  }

  private var summary: JSONValue {
    .object([
      ("sweep", .text(results.name)), ("compared", .text(results.compared)),
      ("split", .text(results.split)), ("rows", results.rows.map { .integer($0) } ?? .null),
      (
        "arms",
        .array(
          table.lines.map { line in
            .object(numbers(line) + [("runs", .array(line.arm.runs.map(Self.json)))])
          })
      ),
      (
        "failed",
        .array(
          results.problems.map {
            .object([("run", .text($0.run)), ("reason", .text($0.reason))])
          })
      ),
      ("missing", .integer(results.missing)),
      ("cautions", .array(cautions.map { .text($0) })),
    ])
  }

  private static func json(_ run: SweepResults.Run) -> JSONValue {
    .object([
      ("run", .text(run.name)), ("seed", run.seed.map { .text($0) } ?? .null),
      ("AUC", .optional(run.auc)), ("logloss", .optional(run.logloss)),
      ("best_epoch", run.bestEpoch.map { .integer($0) } ?? .null),
      ("embedding_rankme", .optional(run.embeddingRankMe)),
      ("source_rankme", .optional(run.sourceRankMe)),
      ("own_field_mean_abs_r", .optional(run.ownField)),
      ("cross_field_mean_abs_r", .optional(run.crossField)),
      ("rows_per_second", .optional(run.rowsPerSecond)),
      ("rows_per_cpu_second", .optional(run.rowsPerProcessorSecond)),
    ])
  }

  private func page(_ chart: String?, _ figures: SweepFigures) -> String {
    let count = results.blocks.count
    var page = HTMLPage(
      title: "Sweep \(results.name)",
      lead:
        "\(count == 1 ? "One model" : "\(count) models"), compared by \(results.compared) on the "
        + "same held-out rows.", runs: results.recorded.count)
    if results.missing > 0 {
      page.paragraph(
        "\(results.missing) runs have not been trained yet; the table shows those that have.")
    }
    if let chart {
      page.figure(
        chart,
        caption:
          "Differences from the first line of each model, with 95 % intervals over "
          + (table.comparesSeeds ? "seeds and rows. " : "rows alone, because there is one seed. ")
          + "AUC: right of the line is better; Logloss: left of it. A filled mark is significant after "
          + "Holm's correction.")
    }
    if results.recorded.count >= HTMLPage.manyRuns { page.heading("Tables") }
    for table in table.reports { page.table(table) }
    if !cautions.isEmpty {
      page.heading("Read with care")
      page.list(cautions)
    }
    figures.add(to: &page)
    if !results.problems.isEmpty {
      page.heading("Runs that failed")
      page.list(results.problems.map { "\($0.run): \($0.reason)" })
    }
    page.heading("What the columns mean")
    page.definitions(Self.meanings)
    return page.text
  }

  private static let meanings: [(term: String, meaning: String)] = [
    (
      "Δ, interval",
      "Runs with the same seed are paired. The variance of the mean difference is that between samples of "
        + "rows (DeLong for AUC, the rows' losses for Logloss) plus that between seeds; with one seed it is "
        + "over rows alone."
    ),
    (
      "p (Holm)",
      "The probability of such a difference if there were none, by Student's distribution with "
        + "Satterthwaite's degrees of freedom, corrected for all differences of the table (Holm, 1979). "
        + "It is not printed below 10⁻⁴: a few seeds cannot tell more. Bold: below 0.05, over more than "
        + "one seed."
    ),
    (
      "chosen values",
      "A searched value is chosen by the validation AUC of the first seed; test rows have no part in it."
    ),
    (
      "embedding RankMe, source RankMe",
      "The effective number of dimensions on validation rows: exp of the entropy of the normalised "
        + "singular values. The embedding is the same place in both paradigms: compare these. The "
        + "source of the interactions is what an encoder generates, and in a discriminative model the "
        + "embedding again."
    ),
    (
      "own |r|, cross |r|",
      "Mean absolute correlation between the two operands of the interaction: of different dimensions of one "
        + "field, and of different fields."
    ),
    (
      "rows/CPU s, cost",
      "Training rows per second that processors worked, for all threads of a run together, the median over "
        + "epochs, and how many times as much of this time a row takes as in the first line of the model. "
        + "Waiting for other programs is not counted; the files have rows per second of wall time, too."
    ),
  ]
}
