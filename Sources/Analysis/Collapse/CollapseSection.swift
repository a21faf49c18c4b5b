import LinearAlgebra

/// What a page says about collapse to a reader who has not read the paper.
struct CollapseSection {
  private let results: [CollapseResult]
  private let figures: CollapseFigures
  private static let worstFields = 10

  init(_ results: [CollapseResult]) {
    self.results = results
    figures = CollapseFigures(results)
  }

  func add(to page: inout HTMLPage) {
    let spectra = figures.spectra
    if let main = spectra.first {
      page.heading("How many directions are used")
      page.list(headlines)
      page.figure(
        main.svg, caption: "\(caption) \(Representation.meaning(of: main.representation))")
      page.table(measures)
      page.definitions(meanings)
    }
    if spectra.count > 1 {
      page.heading("The other places of the model")
      page.gallery(
        spectra.dropFirst().map {
          ($0.svg, "\($0.representation): \(Representation.meaning(of: $0.representation))")
        })
    }
    addFields(to: &page)
    page.heading("Files of the spectra")
    page.definitions(Self.files)
  }

  private var isRaw: Bool { results.contains { $0.centring == .raw } }

  private var caption: String {
    "Singular values of the \(isRaw ? "matrix itself, uncentred" : "covariance"), each over the "
      + "largest, as natural logarithms. A flat curve uses all its directions; a curve that falls off "
      + "a cliff has collapsed to the directions before it."
  }

  private var headlines: [String] {
    results.compactMap { result in
      result.main.map { main in
        "\(result.run.name) uses about \(NumberText.fixed(main.own.rankMe, 0)) of "
          + "\(main.dimensions) directions (RankMe), over \(NumberText.grouped(main.rows)) rows"
          + "\(stacked(main, of: result)); "
          + "the \(main.spectrum.count(reaching: 0.98)) largest carry 98 % of the spectrum, "
          + "and \(main.deadDimensions) carry nothing."
      }
    }
  }

  /// Says where the rows of several layers are counted together.
  private func stacked(_ main: RepresentationSpectrum, of result: CollapseResult) -> String {
    let layers = result.representations.count { $0.name.hasPrefix("\(main.name).") }
    return layers > 1 ? " (of \(layers) layers, one below another)" : ""
  }

  private var measures: HTMLTable {
    HTMLTable(
      caption: "What the spectra say, place by place",
      header: [
        "Place and run", "Dimensions", "RankMe", "Effective rank", "Information abundance",
        "98 % at", "Condition number", "Dead", "Constant",
      ],
      groups: figures.names.map { name in
        let rows = results.flatMap { result in
          result.representations.filter { $0.name == name }.map { row($0, of: result) }
        }
        return (name, rows)
      })
  }

  private func row(_ representation: RepresentationSpectrum, of result: CollapseResult)
    -> [HTMLTable.Cell]
  {
    let spectrum = representation.spectrum
    return [
      .word(result.run.name),
      .number("\(representation.dimensions)"),
      .number(NumberText.fixed(representation.own.rankMe, 1)),
      .number(NumberText.fixed(spectrum.effectiveRank, 1)),
      .number(NumberText.fixed(spectrum.informationAbundance, 2)),
      .number("\(spectrum.count(reaching: 0.98))"),
      .number(NumberText.short(spectrum.conditionNumber)),
      .number("\(representation.deadDimensions)"),
      .number("\(representation.constantDimensions)"),
    ]
  }

  private func addFields(to page: inout HTMLPage) {
    guard let chart = figures.fields else { return }
    page.heading("The embedding tables, by cardinality")
    page.paragraph(
      "A table cannot use more directions than it has trained rows or dimensions; the share is "
        + "information abundance over that bound. Fields of few values have few directions to use, and "
        + "pull the fields that they interact with after them (Guo et al., ICML 2024).")
    page.figure(
      chart.svg,
      caption: "One mark a field and run. A field at the bottom uses few of the directions that it "
        + "could; rest the pointer on a mark to read which field it is.")
    for result in results where !result.fields.isEmpty {
      page.table(worst(of: result))
      page.details("All \(result.fields.count) fields of \(result.run.name)", allFields(of: result))
    }
  }

  private func worst(of result: CollapseResult) -> HTMLTable {
    let known = result.fields.compactMap { field in field.evenness.map { (field, $0) } }
    let order = known.indices.sorted { (known[$0].1, $0) < (known[$1].1, $1) }
    let shown = min(Self.worstFields, known.count)
    return fieldTable(
      "\(result.run.name): the \(shown) fields of \(result.fields.count) with the lowest share",
      order.prefix(shown).map { known[$0].0 })
  }

  private func allFields(of result: CollapseResult) -> HTMLTable {
    fieldTable("\(result.run.name): all fields, those of few values first", result.fields)
  }

  private func fieldTable(_ caption: String, _ fields: [FieldSpectrum]) -> HTMLTable {
    HTMLTable(
      caption: caption,
      header: [
        "Field", "Rows seen", "Table rows", "Information abundance", "At most", "Share", "RankMe",
        "98 % at", "Condition number", "Dead",
      ],
      rows: fields.map { field in
        [
          .word(field.name), .number(NumberText.grouped(field.rowsSeen)),
          .number(NumberText.grouped(field.tableRows)),
          .number(NumberText.fixed(field.own.informationAbundance, 2)),
          .number("\(field.attainable)"),
          .number(field.evenness.map { NumberText.fixed(100 * $0, 0) + " %" } ?? "–"),
          .number(NumberText.fixed(field.own.rankMe, 2)),
          .number("\(field.spectrum.count(reaching: 0.98))"),
          .number(NumberText.short(field.spectrum.conditionNumber)),
          .number("\(field.deadDimensions)"),
        ]
      })
  }

  private var meanings: [(term: String, meaning: String)] {
    [
      (
        "RankMe",
        "Directions in use, counted softly: exp(−Σ p ln p) with p = σ/Σσ + 10⁻⁷ over the singular "
          + "values of the rows themselves, uncentred. As many as there are dimensions means that all "
          + "are used alike."
      ),
      (
        "Effective rank",
        "The same count, exp(−Σ p ln p) with p = σ/Σσ, over the spectrum that the chart shows."
      ),
      (
        "Information abundance",
        "Σσ / max σ of that spectrum: 1 where one direction carries everything."
      ),
      ("98 % at", "How many of the largest singular values it takes to reach 98 % of their sum."),
      (
        "Condition number",
        "max σ / min σ. Beyond about 10¹⁵ the smallest is nothing but the rounding of double precision."
      ),
      (
        "Dead",
        "Directions that carry nothing beyond rounding: σ ≤ D·2⁻⁵²·max σ of the covariance of D "
          + "dimensions."
      ),
      ("Constant", "Columns that had the same value in every row, such as units that never fire."),
    ]
  }

  private static let files: [(term: String, meaning: String)] = [
    (
      "spectrum.csv",
      "The curves: run, place, rank, singular value, the same over the largest, and its natural "
        + "logarithm (empty for an exact zero)."
    ),
    ("representations.csv, fields.csv", "Every measure of every place, and of every table."),
    ("summary.json", "Every number of this section, with the spectra."),
    (
      "spectrum.svg, spectrum-PLACE.svg, fields.svg",
      "The charts, to be placed in a paper at the width of a column or a page."
    ),
  ]
}
