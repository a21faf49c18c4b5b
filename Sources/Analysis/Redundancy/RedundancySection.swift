import Foundation

/// What a page says about redundancy to a reader who has not read the paper.
struct RedundancySection {
  private let results: [RedundancyResult]
  private let figures: RedundancyFigures

  init(_ results: [RedundancyResult], _ figures: RedundancyFigures) {
    self.results = results
    self.figures = figures
  }

  func add(to page: inout HTMLPage) {
    page.heading("How far the operands repeat one another")
    page.list(headlines)
    let picture = Data(figures.heatMap).base64EncodedString()
    page.figure(
      "<img src=\"data:image/png;base64,\(picture)\" alt=\"\(Markup.escaped(alternative))\">\n",
      caption:
        "Pearson's correlation of every dimension of the left operand (rows) with every dimension "
        + "of the right one (columns), field by field. White is none, red and blue are strong.",
      wide: results.count > 1)
    page.figure(
      figures.fieldMap,
      caption:
        "The same by field: the mean |r| of each block. Cells that stand out off the "
        + "diagonal are fields that say the same.", wide: results.count > 1)
    page.table(measures)
    page.definitions(Self.meanings)
    for result in results where result.fields.count > 1 { page.table(pairs(of: result)) }
    page.heading("Files of the correlations")
    page.definitions(Self.files)
  }

  private var headlines: [String] {
    results.map { result in
      "\(result.run.name): dimensions of different fields correlate with a mean |r| of "
        + "\(NumberText.fixed(result.between.meanOffOwnField, 3)), over "
        + "\(NumberText.grouped(result.rows)) rows\(strongest(result))."
    }
  }

  private func strongest(_ result: RedundancyResult) -> String {
    result.between.mostRedundantPairs(1).first.map {
      "; most redundant are \(result.fields[$0.left]) and \(result.fields[$0.right])"
    } ?? ""
  }

  private var alternative: String {
    "Heat maps of correlation, one a run. " + headlines.joined(separator: " ")
  }

  private var measures: HTMLTable {
    HTMLTable(
      caption: "What the matrices say: the operands with one another, and each with itself",
      header: [
        "Run and matrix", "Mean |r| off the diagonal", "Mean |r| between fields", "|r| > 0.1",
        "|r| > 0.5", "Frobenius norm", "Barlow Twins sum", "Constant",
      ],
      groups: results.map { result in
        let rows: [[HTMLTable.Cell]] = distinct(result).map { name, matrix in
          [
            .word(result.meaning(of: name)),
            .number(NumberText.fixed(matrix.meanOffDiagonal, 4)),
            .number(NumberText.fixed(matrix.meanOffOwnField, 4)),
            .number(percent(matrix.shareAboveTenth)), .number(percent(matrix.shareAboveHalf)),
            .number(NumberText.fixed(matrix.frobeniusNorm, 1)),
            .number(NumberText.grouped(Int(matrix.barlowTwinsSum.rounded()))),
            .number(constant(name, result)),
          ]
        }
        return (result.run.name, rows)
      })
  }

  /// The matrices without those that repeat the first, as where an embedding meets itself.
  private func distinct(_ result: RedundancyResult) -> [(name: String, matrix: RedundancyMatrix)] {
    result.matrices.filter { $0.name == "between" || $0.matrix != result.between }
  }

  private func constant(_ name: String, _ result: RedundancyResult) -> String {
    switch name {
    case "within_left": "\(result.constantLeft)"
    case "within_right": "\(result.constantRight)"
    default: "\(result.constantLeft) + \(result.constantRight)"
    }
  }

  private func percent(_ share: Double?) -> String {
    share.map { NumberText.fixed(100 * $0, 1) + " %" } ?? "–"
  }

  private func pairs(of result: RedundancyResult) -> HTMLTable {
    HTMLTable(
      caption: "\(result.run.name): the most redundant pairs of fields, by the mean |r| of their "
        + "\(result.between.dimension)×\(result.between.dimension) block",
      header: [
        "Field on the left (\(result.operands.left))",
        "Field on the right (\(result.operands.right))", "Mean |r|",
      ],
      rows: result.between.mostRedundantPairs(10).map {
        [
          .word(result.fields[$0.left]), .word(result.fields[$0.right]),
          .number(NumberText.fixed($0.meanMagnitude, 4)),
        ]
      })
  }

  private static let meanings: [(term: String, meaning: String)] = [
    (
      "Mean |r| off the diagonal",
      "Σ|r| over all pairs of different dimensions, over their number D² − D: how strongly a dimension of "
        + "one operand follows another dimension of the other; 0 where they say different things."
    ),
    (
      "Mean |r| between fields",
      "The same over pairs of dimensions that belong to different fields, D² − N·d² of them."
    ),
    (
      "|r| > 0.1 and |r| > 0.5",
      "The share of pairs of different dimensions that are correlated noticeably, and strongly."
    ),
    (
      "Frobenius norm",
      "√Σr² over the whole matrix: D where everything repeats everything, about √D where a dimension "
        + "repeats itself alone."
    ),
    (
      "Barlow Twins sum",
      "Σr² over all pairs of different dimensions: the redundancy term of that loss (Zbontar et al., "
        + "ICML 2021)."
    ),
    (
      "Constant",
      "Dimensions, left + right, that had the same value in every row, such as dead units. They correlate "
        + "0 with everything, which is counted above as no redundancy: read the means with these in mind."
    ),
  ]

  private static let files: [(term: String, meaning: String)] = [
    (
      "correlation.npy, correlation-within_left.npy, correlation-within_right.npy",
      "The matrices in double precision, left dimensions by right ones; with several runs one file a "
        + "run, such as correlation-RUN.npy."
    ),
    ("fields.csv", "The mean |r| of every block of two fields."),
    ("measures.csv, summary.json", "Every number of this section."),
    ("heatmap.png, fields.svg", "The pictures; the heat map at twice the resolution of a screen."),
  ]
}
