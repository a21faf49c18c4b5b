/// The page that explains a redundancy report to a reader who has not read the paper.
struct RedundancyPage {
  private let results: [RedundancyResult]
  private let picture: String

  /// `picture` is the heat map as PNG in base 64.
  init(_ results: [RedundancyResult], picture: String) {
    self.results = results
    self.picture = picture
  }

  var text: String {
    var page = HTMLPage(
      title: "Redundancy",
      lead: "How far the two sides of an interaction repeat one another instead of adding to it.")
    page.table(.runs(results.map(\.run)))
    page.heading("The correlation matrix")
    page.list(headlines)
    page.figure(
      "<img src=\"data:image/png;base64,\(picture)\" alt=\"\(Markup.escaped(alternative))\">\n",
      caption:
        "Pearson's correlation of every dimension of the left operand (rows) with every dimension "
        + "of the right one (columns), field by field. White is none, red and blue are strong.",
      wide: results.count > 1)
    page.table(measures)
    page.definitions(Self.meanings)
    for result in results where result.fields.count > 1 {
      page.heading("Most redundant fields of \(result.run.name)")
      page.table(pairs(of: result))
    }
    page.heading("Files beside this page")
    page.definitions(Self.files)
    return page.text
  }

  private var headlines: [String] {
    results.map { result in
      "\(result.run.name): dimensions of different fields correlate with a mean |r| of "
        + "\(NumberText.fixed(result.meanOffOwnField, 3)), over \(NumberText.grouped(result.rows)) rows."
    }
  }

  private var alternative: String {
    "Heat maps of correlation, one a run. " + headlines.joined(separator: " ")
  }

  private var measures: HTMLTable {
    HTMLTable(
      caption: "What the matrices say",
      header: [
        "Run", "Rows", "Mean |r| off the diagonal", "Mean |r| between fields", "|r| > 0.1",
        "|r| > 0.5", "Constant left", "Constant right",
      ],
      rows: results.map { result in
        [
          .word(result.run.name), .number(NumberText.grouped(result.rows)),
          .number(NumberText.fixed(result.meanOffDiagonal, 4)),
          .number(NumberText.fixed(result.meanOffOwnField, 4)),
          .number(percent(result.share(above: 0.1))), .number(percent(result.share(above: 0.5))),
          .number("\(result.constantLeft) of \(result.dimensions)"),
          .number("\(result.constantRight) of \(result.dimensions)"),
        ]
      })
  }

  private func percent(_ share: Double?) -> String {
    share.map { NumberText.fixed(100 * $0, 1) + " %" } ?? "–"
  }

  private func pairs(of result: RedundancyResult) -> HTMLTable {
    HTMLTable(
      caption:
        "Pairs of fields by the mean |r| of their \(result.dimension)×\(result.dimension) block",
      header: [
        "Field on the left (\(result.operands.left))",
        "Field on the right (\(result.operands.right))", "Mean |r|",
      ],
      rows: result.mostRedundantPairs(10).map {
        [.word($0.left), .word($0.right), .number(NumberText.fixed($0.meanMagnitude, 4))]
      })
  }

  private static let meanings: [(term: String, meaning: String)] = [
    (
      "Mean |r| off the diagonal",
      "How strongly a dimension of one operand follows another dimension of the other, on average over "
        + "all pairs; 0 where the operands say different things."
    ),
    (
      "Mean |r| between fields",
      "The same over pairs of dimensions that belong to different fields."
    ),
    (
      "|r| > 0.1 and |r| > 0.5",
      "The share of pairs of different dimensions that are correlated noticeably, and strongly."
    ),
    (
      "Constant left, constant right",
      "Dimensions that had the same value in every row, such as dead units. They correlate 0 with "
        + "everything, which is counted above as no redundancy: read the means with these in mind."
    ),
  ]

  private static let files: [(term: String, meaning: String)] = [
    (
      "correlation.npy",
      "The matrix in double precision, left dimensions by right ones; with several runs one file a run, "
        + "correlation-RUN.npy."
    ),
    ("fields.csv", "The mean |r| of every block of two fields, left by right."),
    ("summary.json", "Every number of this page."),
    ("heatmap.png", "The picture, at twice the resolution of a screen."),
  ]
}
