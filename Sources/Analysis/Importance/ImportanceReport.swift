import Platform

/// The files of `sfg analyze importance`: a table, a summary, a chart and a page.
struct ImportanceReport: AnalysisReport {
  let title = "Importance of the fields"
  let lead = "How much worse the predictions get without the information in each field."
  let figure = (kind: "chart", file: "importance.svg")
  let results: [ImportanceResult]
  /// The names of all fields, the most important first.
  let names: [String]
  private let chart: String

  /// The number of fields that the terminal prints.
  private static let printed = 20

  init(_ results: [ImportanceResult]) {
    self.results = results
    names = Self.order(results)
    chart = ImportanceChart(results, names: names).svg
  }

  var runs: [RunDescription] { results.map(\.run) }

  func writeFiles(to files: ReportFolder) throws {
    try table.write(to: files.file("importance.csv"))
    try AtomicFile.write(Markup.document(chart), to: files.file(figure.file))
  }

  /// All fields of all runs, in descending order of their greatest loss.
  private static func order(_ results: [ImportanceResult]) -> [String] {
    var greatest: [String: Double] = [:]
    var names: [String] = []
    for field in results.flatMap(\.fields) {
      if greatest[field.name] == nil { names.append(field.name) }
      greatest[field.name] = max(greatest[field.name] ?? -.infinity, field.rank)
    }
    return names.enumerated().sorted { left, right in
      (greatest[right.element] ?? 0, left.offset) < (greatest[left.element] ?? 0, right.offset)
    }.map(\.element)
  }

  var overview: ReportTable {
    let shown = names.prefix(Self.printed)
    var rows = shown.map { name in
      [.word(name)]
        + results.flatMap { result -> [ReportTable.Cell] in
          let field = result.fields.first { $0.name == name }
          return [.number(Self.text(field?.auc)), .number(Self.text(field?.logloss))]
        }
    }
    if names.count > shown.count {
      rows.append(
        [.word("… \(names.count - shown.count) more in importance.csv")]
          + results.flatMap { _ in [.number(""), .number("")] })
    }
    return ReportTable(
      caption: title,
      header: ["field"]
        + results.flatMap { result in
          let run = results.count > 1 ? "\(result.run.name)\n" : ""
          return ["\(run)AUC lost", "\(run)Logloss lost"]
        }, rows: rows)
  }

  /// A loss with half the width of its interval.
  private static func text(_ loss: PermutationLoss?) -> String {
    guard let estimate = loss?.estimate else { return "–" }
    return "\(NumberFormat.fixed(estimate.value, 5)) ± "
      + NumberFormat.fixed(estimate.upper - estimate.value, 5)
  }
}

extension FieldImportance {
  /// What fields are ordered by: the AUC lost, or the Logloss if the AUC is undefined.
  var rank: Double { (auc ?? logloss).estimate.value }
}

extension ImportanceResult {
  /// The fields, the most important first.
  var ranked: [FieldImportance] {
    fields.enumerated().sorted { ($1.element.rank, $0.offset) < ($0.element.rank, $1.offset) }
      .map(\.element)
  }
}

extension ImportanceReport {
  /// All numbers.
  var summary: JSONValue {
    .object([
      ("analysis", .text(ImportanceAnalysis.name)),
      (
        "runs",
        .array(
          results.map { result in
            .object(
              result.run.json + [
                ("rows", .integer(result.rows)), ("rows_read", .integer(result.rowsRead)),
                ("positives", .integer(result.positives)), ("repeats", .integer(result.repeats)),
                ("AUC", .optional(result.auc)), ("logloss", .number(result.logloss)),
                ("fields", .array(result.ranked.map(Self.summary))),
              ])
          })
      ),
    ])
  }

  private static func summary(_ field: FieldImportance) -> JSONValue {
    func loss(_ loss: PermutationLoss?) -> JSONValue {
      guard let loss else { return .null }
      return .object([
        ("value", .number(loss.estimate.value)), ("lower", .number(loss.estimate.lower)),
        ("upper", .number(loss.estimate.upper)),
        ("repeats", .array(loss.losses.map { .number($0) })),
      ])
    }
    return .object([
      ("field", .text(field.name)), ("AUC_lost", loss(field.auc)),
      ("logloss_lost", loss(field.logloss)), ("noise", .boolean(field.isNoise)),
    ])
  }

  /// One line per run and field, the most important first.
  var table: CSVTable {
    func cells(_ loss: PermutationLoss?) -> [JSONValue] {
      guard let estimate = loss?.estimate else { return [.null, .null, .null] }
      return [.number(estimate.value), .number(estimate.lower), .number(estimate.upper)]
    }
    return CSVTable(
      header: [
        "run", "paradigm", "backbone", "field", "AUC_lost", "AUC_lost_lower", "AUC_lost_upper",
        "logloss_lost", "logloss_lost_lower", "logloss_lost_upper", "noise",
      ],
      rows: results.flatMap { result in
        result.ranked.map { field in
          result.run.identity.map(\.value) + [.text(field.name)] + cells(field.auc)
            + cells(field.logloss) + [.boolean(field.isNoise)]
        }
      })
  }
}

/// The section of a page.
extension ImportanceReport {
  func add(to page: inout HTMLPage) {
    page.heading(title)
    page.list(results.map(Self.headline))
    page.figure(
      chart,
      caption:
        "What is lost if a field is permuted among the rows, with its 95 % interval. A field whose "
        + "interval contains zero is within noise of one without information.")
    page.table(table(of: "AUC lost") { $0.auc })
    page.details("Logloss lost", table(of: "Logloss lost") { $0.logloss })
    page.definitions(Self.meanings)
    page.heading("Files of the importance analysis")
    page.definitions(Self.files)
  }

  private static func headline(_ result: ImportanceResult) -> String {
    let top = result.ranked.prefix(3).filter { !$0.isNoise }.map { field in
      "\(field.name) (\(NumberFormat.fixed(field.rank, 4)))"
    }
    let noise = result.fields.count(where: \.isNoise)
    let base =
      result.auc.map { "AUC \(NumberFormat.fixed($0, 4))" }
      ?? "Logloss \(NumberFormat.fixed(result.logloss, 4))"
    return "\(result.run.name): \(base) on \(NumberFormat.grouped(result.rows)) rows; "
      + (top.isEmpty ? "" : "most is lost without \(top.joined(separator: ", ")); ")
      + "\(noise) of \(result.fields.count) fields are within noise of zero."
  }

  private func table(
    of metric: String, _ loss: (FieldImportance) -> PermutationLoss?
  ) -> ReportTable {
    ReportTable(
      caption: "\(metric) without each field, with its 95 % interval",
      header: ["Field"] + results.map(\.run.name),
      rows: names.map { name in
        [.word(name)]
          + results.map { result in
            guard let field = result.fields.first(where: { $0.name == name }),
              let estimate = loss(field)?.estimate
            else { return .number("–") }
            func text(_ value: Double) -> String { NumberFormat.fixed(value, 5) }
            return .estimate(
              text(estimate.value), interval: "\(text(estimate.lower)) … \(text(estimate.upper))")
          }
      })
  }

  private static let meanings: [(term: String, meaning: String)] = [
    (
      "AUC lost, Logloss lost",
      "The AUC of the rows as they are minus the AUC after the field was permuted among them, and by "
        + "how much the Logloss rises: the mean over the permutations (Breiman, 2001). A sequence moves "
        + "as a whole. Fields that repeat one another share their importance: each can be spared as long "
        + "as the other is there."
    ),
    (
      "95 % interval",
      "It contains zero for 95 % of the fields without information, because for those the rows as they "
        + "are are one more permutation. It does not account for the variation between samples of rows "
        + "or between training seeds."
    ),
  ]

  private static let files: [(term: String, meaning: String)] = [
    ("importance.csv", "The numbers of each run and field, the most important first."),
    ("summary.json", "The same with the loss of every single permutation."),
    ("importance.svg", "The chart."),
  ]
}
