import LinearAlgebra
import Platform

/// The files of `sfg analyze redundancy`: the matrices, tables, a summary, a heat map, a map of fields and a page.
public enum RedundancyReport {
  /// Writes the report on some runs.
  ///
  /// Throws `FileFailure`, and `FigureFailure` where cairo cannot draw the heat map.
  public static func write(_ results: [RedundancyResult], to folder: String) throws {
    let files = ReportFolder(folder, runs: results.map(\.run.name))
    let results = files.labelled(results, \.run.name)
    try write(results, try RedundancyFigures(results), to: files)
  }

  /// Writes the report on runs of different names whose pictures are drawn.
  static func write(
    _ results: [RedundancyResult], _ figures: RedundancyFigures, to files: ReportFolder
  ) throws {
    for (index, result) in results.enumerated() {
      for (name, matrix) in result.matrices {
        let stem = name == "between" ? "correlation" : "correlation-\(name)"
        try NpyFile.write(matrix.correlation, to: files.file(stem, "npy", run: index))
      }
    }
    try fieldTable(results).write(to: files.file("fields.csv"))
    try measureTable(results).write(to: files.file("measures.csv"))
    try AtomicFile.write(summary(results).pretty + "\n", to: files.file("summary.json"))
    let picture = try AtomicFile(files.file("heatmap.png"))
    try figures.heatMap.withUnsafeBytes { try picture.write($0) }
    try picture.commit()
    try AtomicFile.write(Markup.document(figures.fieldMap), to: files.file("fields.svg"))
    try AtomicFile.write(page(results, figures), to: files.file("report.html"))
  }

  private static func page(_ results: [RedundancyResult], _ figures: RedundancyFigures) -> String {
    var page = HTMLPage(
      title: "Redundancy",
      lead: "How far the two sides of an interaction repeat one another instead of adding to it.")
    page.table(.runs(results.map(\.run)))
    RedundancySection(results, figures).add(to: &page)
    return page.text
  }

  /// Everything the report says in numbers.
  public static func summary(_ results: [RedundancyResult]) -> JSONValue {
    .object([
      ("analysis", .text("redundancy")),
      ("runs", .array(results.map(summary))),
    ])
  }

  private static func summary(_ result: RedundancyResult) -> JSONValue {
    .object(
      result.run.json + [
        ("rows", .integer(result.rows)),
        ("left", .text(result.operands.left)),
        ("right", .text(result.operands.right)),
        ("fields", .integer(result.fields.count)),
        ("dimensions", .integer(result.dimensions)),
        ("constant_left", .integer(result.constantLeft)),
        ("constant_right", .integer(result.constantRight)),
      ]
        + result.matrices.map { name, matrix in
          (name, .object(measures(matrix) + [("most_redundant_pairs", pairs(matrix, of: result))]))
        })
  }

  private static func measures(_ matrix: RedundancyMatrix) -> [(String, JSONValue)] {
    [
      ("mean_off_diagonal", .optional(matrix.meanOffDiagonal)),
      ("mean_off_own_field", .optional(matrix.meanOffOwnField)),
      ("share_above_0.1", .optional(matrix.shareAboveTenth)),
      ("share_above_0.5", .optional(matrix.shareAboveHalf)),
      ("frobenius_norm", .number(matrix.frobeniusNorm)),
      ("barlow_twins_off_diagonal", .number(matrix.barlowTwinsSum)),
    ]
  }

  private static func pairs(_ matrix: RedundancyMatrix, of result: RedundancyResult) -> JSONValue {
    .array(
      matrix.mostRedundantPairs(10).map {
        .object([
          ("left", .text(result.fields[$0.left])), ("right", .text(result.fields[$0.right])),
          ("mean_abs_r", .number($0.meanMagnitude)),
        ])
      })
  }

  /// One line a run, matrix and pair of fields: the mean |r| of their block.
  static func fieldTable(_ results: [RedundancyResult]) -> CSVTable {
    var table = CSVTable(header: ["run", "matrix", "left", "right", "mean_abs_r"])
    for result in results {
      for (name, matrix) in result.matrices {
        for (row, left) in result.fields.enumerated() {
          for (column, right) in result.fields.enumerated() {
            table.append([
              .text(result.run.name), .text(name), .text(left), .text(right),
              .number(matrix.fieldMeans[row, column]),
            ])
          }
        }
      }
    }
    return table
  }

  /// One line a run and matrix.
  static func measureTable(_ results: [RedundancyResult]) -> CSVTable {
    var table = CSVTable(header: [
      "run", "paradigm", "backbone", "matrix", "rows", "dimensions", "mean_off_diagonal",
      "mean_off_own_field", "share_above_0.1", "share_above_0.5", "frobenius_norm",
      "barlow_twins_off_diagonal", "constant_left", "constant_right",
    ])
    func cell(_ value: Double?) -> CSVTable.Cell { value.map { .number($0) } ?? .empty }
    for result in results {
      let constants = [
        "between": (result.constantLeft, result.constantRight),
        "within_left": (result.constantLeft, result.constantLeft),
        "within_right": (result.constantRight, result.constantRight),
      ]
      for (name, matrix) in result.matrices {
        let constant = constants[name] ?? (0, 0)
        table.append([
          .text(result.run.name), .text(result.run.paradigm.rawValue), .text(result.run.backbone),
          .text(name), .integer(result.rows), .integer(result.dimensions),
          cell(matrix.meanOffDiagonal), cell(matrix.meanOffOwnField), cell(matrix.shareAboveTenth),
          cell(matrix.shareAboveHalf), .number(matrix.frobeniusNorm),
          .number(matrix.barlowTwinsSum), .integer(constant.0), .integer(constant.1),
        ])
      }
    }
    return table
  }
}
