import LinearAlgebra
import Platform

/// The files of `sfg analyze redundancy`: matrices, tables, a summary, two figures and a page.
struct RedundancyReport: AnalysisReport {
  let title = "Redundancy"
  let lead =
    "How far the two sides of an interaction repeat one another instead of adding information."
  let figure = (kind: "picture", file: "heatmap.png")
  let results: [RedundancyResult]
  let figures: RedundancyFigures

  /// Draws the figures; throws `FigureFailure` if cairo reports an error.
  init(_ results: [RedundancyResult]) throws {
    self.results = results
    figures = try RedundancyFigures(results)
  }

  var runs: [RunDescription] { results.map(\.run) }

  func writeFiles(to files: ReportFolder) throws {
    for (index, result) in results.enumerated() {
      for (name, matrix) in result.matrices {
        let stem = name == "between" ? "correlation" : "correlation-\(name)"
        try NpyFile.write(matrix.correlation, to: files.file(stem, "npy", run: index))
      }
    }
    try fields.write(to: files.file("fields.csv"))
    try measures.write(to: files.file("measures.csv"))
    let picture = try AtomicFile(files.file(figure.file))
    try figures.heatMap.withUnsafeBytes { try picture.write($0) }
    try picture.commit()
    try AtomicFile.write(Markup.document(figures.fieldMap), to: files.file("fields.svg"))
  }

  var overview: ReportTable {
    func text(_ number: Double?) -> String {
      number.map { NumberFormat.fixed($0, 4) } ?? "undefined"
    }
    return ReportTable(
      caption: title,
      header: [
        "run", "operands", "|r| own field", "other fields", "all", "|r| > 0.1", "left out",
      ],
      rows: results.flatMap { result in
        result.distinctMatrices.map { name, matrix in
          [
            .word(result.run.name), .word(name),
            .number(text(matrix.meanOwnField)), .number(text(matrix.meanOffOwnField)),
            .number(text(matrix.meanOffDiagonal)), .number(text(matrix.shareAboveTenth)),
            .number(result.constants(of: name).map(String.init).joined(separator: " + ")),
          ]
        }
      })
  }

  /// What a reader of the table must know.
  var notes: [String] { leftOut + RunDescription.epochNotes(runs) }

  /// How many dimensions no mean counts, of each run that has any.
  private var leftOut: [String] {
    results.compactMap { result in
      let names = [result.operands.left, result.operands.right]
      let parts = zip(result.constants(of: "between"), names).filter { $0.0 > 0 }
        .map { "\($0) of \($1)" }
      guard !parts.isEmpty else { return nil }
      return
        "\(result.run.name): dimensions with one value in all rows have no correlation and are "
        + "left out of the means and shares: \(parts.joined(separator: ", "))"
    }
  }
}

extension RedundancyReport {
  /// All numbers.
  var summary: JSONValue {
    .object([
      ("analysis", .text(RedundancyAnalysis.name)),
      ("runs", .array(results.map(Self.summary))),
    ])
  }

  private static func summary(_ result: RedundancyResult) -> JSONValue {
    .object(
      result.run.json + [
        ("rows", .integer(result.rows)),
        ("left", .text(result.operands.left)),
        ("right", .text(result.operands.right)),
        ("fields", .integer(result.fields.count)),
        ("right_fields", .array(result.between.rightFields.map { .text(result.fields[$0]) })),
        ("one_operand", .boolean(result.hasOneOperand)),
        ("constant_left", .integer(result.constantLeft)),
        ("constant_right", .integer(result.constantRight)),
      ]
        + result.matrices.map { name, matrix in
          (name, .object(measures(matrix) + [("most_redundant_pairs", pairs(matrix, of: result))]))
        })
  }

  private static func measures(_ matrix: RedundancyMatrix) -> [(String, JSONValue)] {
    [
      ("dimensions_left", .integer(matrix.correlation.rows)),
      ("dimensions_right", .integer(matrix.correlation.columns)),
      ("pairs_left_out", .integer(matrix.leftOutPairs)),
      ("mean_own_field", .optional(matrix.meanOwnField)),
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

  /// One line per run, matrix and pair of fields: the mean |r| of their block.
  var fields: CSVTable {
    CSVTable(
      header: ["run", "matrix", "left", "right", "mean_abs_r"],
      rows: results.flatMap { result in
        result.matrices.flatMap { name, matrix in
          matrix.leftFields.flatMap { left in
            matrix.rightFields.map { right in
              [
                .text(result.run.name), .text(name), .text(result.fields[left]),
                .text(result.fields[right]), .optional(matrix.mean(left, right)),
              ]
            }
          }
        }
      })
  }

  /// One line per run and matrix.
  var measures: CSVTable {
    CSVTable(
      header: [
        "run", "paradigm", "backbone", "matrix", "rows", "dimensions_left", "dimensions_right",
        "pairs_left_out", "mean_own_field", "mean_off_diagonal", "mean_off_own_field",
        "share_above_0.1",
        "share_above_0.5", "frobenius_norm",
        "barlow_twins_off_diagonal", "constant_left", "constant_right",
      ],
      rows: results.flatMap { result in
        result.matrices.map { name, matrix in
          let constants = result.constants(of: name)
          return result.run.identity.map(\.value)
            + [.text(name), .integer(result.rows)]
            + Self.measures(matrix).map(\.1)
            + [constants[0], constants.last ?? 0].map { .integer($0) }
        }
      })
  }
}
