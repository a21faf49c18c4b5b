import LinearAlgebra

/// The page that explains a collapse report to a reader who has not read the paper.
struct CollapsePage {
  private let results: [CollapseResult]
  private let chart: String
  private static let worstFields = 10

  init(_ results: [CollapseResult], chart: String) {
    self.results = results
    self.chart = chart
  }

  var text: String {
    var page = HTMLPage(
      title: "Dimensional collapse",
      lead: "How many directions of its space a model really uses, where its fields interact.")
    page.table(.runs(results.map(\.run)))
    page.heading("The spectrum")
    page.list(headlines)
    page.figure(
      chart,
      caption: "Singular values of the covariance of the representation, each over the largest, as "
        + "natural logarithms. A flat curve uses all its directions; a curve that falls off a cliff "
        + "has collapsed to the directions before it.")
    page.table(measures)
    page.definitions(Self.meanings)
    for result in results where !result.fields.isEmpty {
      page.heading("Fields of \(result.run.name) that use their dimensions least")
      page.table(fields(of: result))
    }
    if results.contains(where: { !$0.fields.isEmpty }) {
      page.paragraph(
        "A table cannot use more directions than it has trained rows or dimensions; the share is "
          + "information abundance over that bound. Fields with few values tend to come first, and to "
          + "pull the fields that they interact with after them (Guo et al., ICML 2024).")
    }
    page.heading("Files beside this page")
    page.definitions(Self.files)
    return page.text
  }

  private var headlines: [String] {
    results.map { result in
      "\(result.run.name): RankMe counts \(NumberText.fixed(result.uncentred.rankMe, 1)) directions "
        + "of \(result.dimensions), over \(NumberText.grouped(result.rows)) rows."
    }
  }

  private var measures: HTMLTable {
    HTMLTable(
      caption: "What the spectra say",
      header: [
        "Run", "Rows", "Dimensions", "RankMe", "Information abundance", "Dimensions for 98 %",
        "Constant dimensions", "Lowest log",
      ],
      rows: results.map { result in
        [
          .word(result.run.name), .number(NumberText.grouped(result.rows)),
          .number("\(result.dimensions)"), .number(NumberText.fixed(result.uncentred.rankMe, 2)),
          .number(NumberText.fixed(result.spectrum.informationAbundance, 2)),
          .number("\(result.dimensionsFor98Percent)"), .number("\(result.constantDimensions)"),
          .number(lowest(result)),
        ]
      })
  }

  private func lowest(_ result: CollapseResult) -> String {
    guard let last = result.spectrum.logNormalized.last else { return "–" }
    return last.isFinite ? NumberText.fixed(last, 2) : "\u{2212}∞"
  }

  private func fields(of result: CollapseResult) -> HTMLTable {
    let known = result.fields.compactMap { field in field.evenness.map { (field, $0) } }
    let order = known.indices.sorted { (known[$0].1, $0) < (known[$1].1, $1) }
    let shown = min(Self.worstFields, known.count)
    return HTMLTable(
      caption: "The \(shown) of \(result.fields.count) embedding tables with the lowest share",
      header: [
        "Field", "Table rows", "Rows trained", "Information abundance", "At most", "Share",
        "RankMe",
      ],
      rows: order.prefix(shown).map { index in
        let (field, share) = known[index]
        return [
          .word(field.name), .number(NumberText.grouped(field.tableRows)),
          .number(NumberText.grouped(field.rowsSeen)),
          .number(NumberText.fixed(field.spectrum.informationAbundance, 2)),
          .number("\(field.attainable)"), .number(NumberText.fixed(100 * share, 0) + " %"),
          .number(NumberText.fixed(field.spectrum.rankMe, 2)),
        ]
      })
  }

  private static let meanings: [(term: String, meaning: String)] = [
    (
      "RankMe",
      "The number of directions in use, counted softly: the exponential of the entropy of the "
        + "representation's own singular values (uncentred). As many as there are dimensions means that "
        + "all are used alike."
    ),
    (
      "Information abundance",
      "The sum of the covariance's singular values over the largest: 1 where one direction carries "
        + "everything."
    ),
    (
      "Dimensions for 98 %",
      "How many of the covariance's largest singular values it takes to reach 98 % of their sum."
    ),
    ("Constant dimensions", "Dimensions that had the same value in every row, such as dead units."),
    (
      "Lowest log",
      "Where the curve ends: the natural logarithm of the smallest singular value over the largest. "
        + "Below about \u{2212}34 only the rounding of double precision is left."
    ),
  ]

  private static let files: [(term: String, meaning: String)] = [
    (
      "spectrum.csv",
      "The curves: rank, singular value, the same over the largest, and its natural logarithm (empty "
        + "for an exact zero)."
    ),
    ("fields.csv", "Every embedding table: rows, information abundance, RankMe, singular values."),
    ("summary.json", "Every number of this page, and the spectra."),
    ("spectrum.svg", "The chart, to be placed in a paper at the width of a column or a page."),
  ]
}
