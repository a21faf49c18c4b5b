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
        "run", "rows", "mean |r|", "outside own field", "|r| > 0.1", "|r| > 0.5", "Frobenius",
        "constant",
      ],
      rows: results.map { result in
        let matrix = result.between
        return [
          .word(result.run.name), .number("\(result.rows)"), .number(text(matrix.meanOffDiagonal)),
          .number(text(matrix.meanOffOwnField)), .number(text(matrix.shareAboveTenth)),
          .number(text(matrix.shareAboveHalf)),
          .number(NumberFormat.fixed(matrix.frobeniusNorm, 1)),
          .number("\(result.constantLeft) + \(result.constantRight)"),
        ]
      })
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

  /// One line per run, matrix and pair of fields: the mean |r| of their block.
  var fields: CSVTable {
    CSVTable(
      header: ["run", "matrix", "left", "right", "mean_abs_r"],
      rows: results.flatMap { result in
        result.matrices.flatMap { name, matrix in
          result.fields.enumerated().flatMap { row, left in
            result.fields.enumerated().map { column, right in
              [
                .text(result.run.name), .text(name), .text(left), .text(right),
                .number(matrix.fieldMeans[row, column]),
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
        "run", "paradigm", "backbone", "matrix", "rows", "dimensions", "mean_off_diagonal",
        "mean_off_own_field", "share_above_0.1", "share_above_0.5", "frobenius_norm",
        "barlow_twins_off_diagonal", "constant_left", "constant_right",
      ],
      rows: results.flatMap { result in
        result.matrices.map { name, matrix in
          let constants = result.constants(of: name)
          return result.run.identity.map(\.value)
            + [.text(name), .integer(result.rows), .integer(result.dimensions)]
            + Self.measures(matrix).map(\.1)
            + [constants[0], constants.last ?? 0].map { .integer($0) }
        }
      })
  }
}

/// The figures of a redundancy report, each with all runs.
struct RedundancyFigures {
  /// All cells of the matrices, as a PNG file.
  let heatMap: [UInt8]
  /// The mean |r| of every pair of fields, as SVG.
  let fieldMap: String

  /// Draws the figures; throws `FigureFailure` if cairo reports an error.
  init(_ results: [RedundancyResult]) throws {
    heatMap = try HeatMap(
      results.map { result in
        HeatMap.Panel(
          title: result.run.name,
          subtitle: "\(result.run.backbone.rawValue), \(result.run.paradigm.rawValue)",
          fields: result.fields, leftTitle: result.operands.left,
          rightTitle: result.operands.right, matrix: result.between.correlation)
      }
    ).png()
    fieldMap =
      FieldMap(
        results.map { result in
          FieldMap.Panel(
            title: result.run.name, fields: result.fields, leftTitle: result.operands.left,
            rightTitle: result.operands.right, means: result.between.fieldMeans)
        }
      ).svg
  }
}
