import Foundation

/// The section of a page, for readers who do not know the paper.
extension RedundancyReport {
  func add(to page: inout HTMLPage) {
    page.heading("Redundancy of the operands")
    page.list(headlines)
    let picture = Data(figures.heatMap).base64EncodedString()
    page.figure(
      "<img src=\"data:image/png;base64,\(picture)\" alt=\"\(Markup.escaped(alternative))\">\n",
      caption:
        "Pearson correlations of all dimensions of one operand (rows) with all dimensions of another "
        + "(columns), grouped by field. White is 0, red and blue are strong correlations. \(reading)",
      wide: true)
    page.figure(
      figures.fieldMap,
      caption:
        "The matrix between the operands by field: the mean |r| of each block. Dark cells off the "
        + "diagonal are pairs of redundant fields.", wide: results.count > 1)
    page.table(measureTable)
    if !notes.isEmpty { page.list(notes.map(HTMLPage.sentence)) }
    page.definitions(Self.meanings)
    for result in results where result.fields.count > 1 { page.table(pairs(of: result)) }
    page.heading("Files of the redundancy analysis")
    page.definitions(Self.files)
  }

  /// What one must know to compare the panels.
  private var reading: String {
    var sentences: [String] = []
    if results.contains(where: \.hasOneOperand) {
      sentences.append(
        "An operand with itself has r = 1 on the diagonal by construction; where nothing is "
          + "generated, both operands are the embedding, and all three matrices are this one.")
    }
    if results.contains(where: { $0.between.rightFields.count < $0.fields.count }) {
      sentences.append("A field whose generated vector no interaction reads is left out.")
    }
    if results.count > RedundancyFigures.drawnRuns {
      sentences.append(
        "The first \(RedundancyFigures.drawnRuns) of \(results.count) runs; the tables and files "
          + "have all.")
    }
    return sentences.joined(separator: " ")
  }

  private var headlines: [String] {
    results.map { result in
      let matrix = result.between
      return
        "\(result.run.name): between the operands, dimensions of different fields correlate with a mean "
        + "|r| of \(NumberFormat.fixed(matrix.meanOffOwnField, 3)), different dimensions of the same field "
        + "with \(NumberFormat.fixed(matrix.meanOwnField, 3)), measured on "
        + "\(NumberFormat.grouped(result.rows)) rows\(strongest(result))."
    }
  }

  private func strongest(_ result: RedundancyResult) -> String {
    result.between.mostRedundantPairs(1).first.map {
      "; the most redundant pair is \(result.fields[$0.left]) and \(result.fields[$0.right])"
    } ?? ""
  }

  private var alternative: String {
    "Heat maps of correlations, one per run. " + headlines.joined(separator: " ")
  }

  private var measureTable: ReportTable {
    ReportTable(
      caption: "Measures of the matrices: between the operands, and within each",
      header: [
        "Run and matrix", "Dimensions", "Mean |r| within own field", "Mean |r| between fields",
        "Mean |r| off the diagonal", "|r| > 0.1", "|r| > 0.5", "Frobenius norm",
        "Barlow Twins sum", "Left out",
      ],
      groups: results.map { result in
        let rows: [[ReportTable.Cell]] = result.distinctMatrices.map { name, matrix in
          [
            .word(result.meaning(of: name)),
            .number("\(matrix.correlation.rows) × \(matrix.correlation.columns)"),
            .number(NumberFormat.fixed(matrix.meanOwnField, 4)),
            .number(NumberFormat.fixed(matrix.meanOffOwnField, 4)),
            .number(NumberFormat.fixed(matrix.meanOffDiagonal, 4)),
            .number(NumberFormat.percent(matrix.shareAboveTenth, 1)),
            .number(NumberFormat.percent(matrix.shareAboveHalf, 1)),
            .number(NumberFormat.fixed(matrix.frobeniusNorm, 1)),
            .number(NumberFormat.grouped(Int(matrix.barlowTwinsSum.rounded()))),
            .number(result.constants(of: name).map(String.init).joined(separator: " + ")),
          ]
        }
        return (result.run.name, rows)
      })
  }

  private func pairs(of result: RedundancyResult) -> ReportTable {
    ReportTable(
      caption: "\(result.run.name): the most redundant pairs of fields, by the mean |r| of their "
        + "\(result.between.dimension)×\(result.between.dimension) block",
      header: [
        "Field on the left (\(result.operands.left))",
        "Field on the right (\(result.operands.right))", "Mean |r|",
      ],
      rows: result.between.mostRedundantPairs(10).map {
        [
          .word(result.fields[$0.left]), .word(result.fields[$0.right]),
          .number(NumberFormat.fixed($0.meanMagnitude, 4)),
        ]
      })
  }

  private static let meanings: [(term: String, meaning: String)] = [
    (
      "Mean |r| within own field",
      "The mean over pairs of different dimensions of the same field. A dimension with itself is left "
        + "out: within one operand its r is 1 by construction."
    ),
    (
      "Mean |r| between fields",
      "The mean over pairs of dimensions that belong to different fields."
    ),
    (
      "Mean |r| off the diagonal",
      "The mean over all pairs of different dimensions, of the same field or not: how strongly a "
        + "dimension of one operand depends on other dimensions of the other; 0 if they are uncorrelated."
    ),
    (
      "|r| > 0.1 and |r| > 0.5",
      "The share of pairs of different dimensions with a noticeable and with a strong correlation."
    ),
    (
      "Frobenius norm",
      "√Σr² over the whole matrix of D × D: D if all dimensions are equal, about √D if different "
        + "dimensions are uncorrelated."
    ),
    (
      "Barlow Twins sum",
      "Σr² over all pairs of different dimensions: the redundancy term of the Barlow Twins loss "
        + "(Zbontar et al., ICML 2021)."
    ),
    (
      "Left out",
      "The number of dimensions, left + right, with the same value in every row, such as inactive units. "
        + "They have no correlation: no mean or share counts their pairs, and they are white in the "
        + "figures."
    ),
  ]

  private static let files: [(term: String, meaning: String)] = [
    (
      "correlation.npy, correlation-within_left.npy, correlation-within_right.npy",
      "The matrices in double precision, left dimensions by right ones; with several runs one file per "
        + "run, such as correlation-RUN.npy."
    ),
    ("fields.csv", "The mean |r| of the block of each pair of fields."),
    ("measures.csv, summary.json", "All numbers of this section."),
    ("heatmap.png, fields.svg", "The figures; the heat map at twice the resolution of a screen."),
  ]
}
