import LinearAlgebra

/// The section of a page, for readers who do not know the paper.
extension CollapseReport {
  private static let worstFields = 10

  func add(to page: inout HTMLPage) {
    let spectra = figures.spectra
    if let main = spectra.first {
      page.heading("Directions in use")
      page.list(headlines)
      page.figure(
        main.svg, caption: "\(caption) \(Representation.meaning(of: main.representation))",
        wide: figures.isCrowded)
      page.table(rankTable)
      page.table(measureTable)
      page.list(notes.map(HTMLPage.sentence))
      page.definitions(meanings)
    }
    if spectra.count > 1 {
      page.heading("Other representations")
      page.gallery(
        spectra.dropFirst().map {
          ($0.svg, "\($0.representation): \(Representation.meaning(of: $0.representation))")
        })
    }
    addFields(to: &page)
    page.heading("Files of the collapse analysis")
    page.definitions(Self.files)
  }

  private var isRaw: Bool { results.contains { $0.centring == .raw } }

  private var caption: String {
    "Singular values of the \(isRaw ? "uncentred matrix" : "covariance"), each divided by the "
      + "largest, as natural logarithms. A flat curve uses all directions; a curve that drops sharply "
      + "before the attainable rank (dashed) has collapsed to the directions before the drop; at that "
      + "rank, fields with few values end it."
  }

  private var headlines: [String] {
    results.compactMap { result in
      result.main.map { main in
        "\(result.run.name) uses about \(NumberFormat.fixed(main.own.rankMe, 0)) of "
          + "\(main.dimensions) directions (RankMe), measured on \(NumberFormat.grouped(main.rows)) rows"
          + "\(stacked(main, of: result)); "
          + "the \(main.spectrum.count(reaching: 0.98)) largest carry 98 % of the spectrum. Its rows "
          + "allow \(main.attainable) directions, whatever the weights; lost beyond that: "
          + "\(main.lostDimensions)."
      }
    }
  }

  /// A remark if the rows of several layers are counted together.
  private func stacked(_ main: RepresentationSpectrum, of result: CollapseResult) -> String {
    let layers = result.representations.count { $0.name.hasPrefix("\(main.name).") }
    return layers > 1 ? " (\(layers) layers stacked)" : ""
  }

  private var rankTable: ReportTable {
    table(
      "Ranks of the representations",
      ["Dimensions", "Attainable", "Lost", "Constant", "Condition number"]
    ) { place in
      [
        "\(place.dimensions)", "\(place.attainable)", "\(place.lostDimensions)",
        "\(place.constantDimensions)",
        Self.condition(place.spectrum, dead: place.deadDimensions),
      ]
    }
  }

  private var measureTable: ReportTable {
    table(
      "Measures of the spectra: of the uncentred matrix, and \(ofChart)",
      [
        "RankMe", "Effective rank", "Abundance", "Effective rank \(ofChart)",
        "Abundance \(ofChart)", "98 % at",
      ]
    ) { place in
      [
        NumberFormat.fixed(place.own.rankMe, 1), NumberFormat.fixed(place.own.effectiveRank, 1),
        NumberFormat.fixed(place.own.informationAbundance, 2),
        NumberFormat.fixed(place.spectrum.effectiveRank, 1),
        NumberFormat.fixed(place.spectrum.informationAbundance, 2),
        "\(place.spectrum.count(reaching: 0.98))",
      ]
    }
  }

  /// A table with the representations of all runs, one group per name.
  private func table(
    _ caption: String, _ header: [String], _ numbers: (RepresentationSpectrum) -> [String]
  ) -> ReportTable {
    ReportTable(
      caption: caption, header: ["Representation and run"] + header,
      groups: figures.names.map { name in
        let rows = results.flatMap { result in
          result.representations.filter { $0.name == name }.map { place in
            [.word(result.run.name)] + numbers(place).map { ReportTable.Cell.number($0) }
          }
        }
        return (name, rows)
      })
  }

  /// Which matrix the chart is of.
  private var ofChart: String { isRaw ? "of the chart" : "of the covariance" }

  /// The condition number; beyond the rounding errors of double precision it is no number.
  private static func condition(_ spectrum: Spectrum, dead: Int) -> String {
    dead > 0 ? "singular" : NumberFormat.short(spectrum.conditionNumber)
  }

  private func addFields(to page: inout HTMLPage) {
    guard let chart = figures.fields else { return }
    page.heading("Embedding tables by cardinality")
    page.paragraph(
      "A table cannot use more directions than it has trained rows or dimensions; the share is "
        + "information abundance over this bound. Fields of low cardinality use few directions, and "
        + "cause the fields that they interact with to collapse as well (Guo et al., ICML 2024).")
    page.figure(
      chart.svg,
      caption: "One mark per field and run. A field at the bottom uses few of its attainable "
        + "directions; hover over a mark to see the name of its field.")
    for result in results where !result.fields.isEmpty {
      page.table(worst(of: result))
      page.details(
        "All \(result.fields.count) fields of \(result.run.name)",
        fieldTable(
          "\(result.run.name): all fields, in ascending order of cardinality", result.fields))
    }
  }

  private func worst(of result: CollapseResult) -> ReportTable {
    let known = result.fields.compactMap { field in field.evenness.map { (field, $0) } }
    let order = known.indices.sorted { (known[$0].1, $0) < (known[$1].1, $1) }
    let shown = min(Self.worstFields, known.count)
    return fieldTable(
      "\(result.run.name): the \(shown) fields of \(result.fields.count) with the lowest share",
      order.prefix(shown).map { known[$0].0 })
  }

  private func fieldTable(_ caption: String, _ fields: [FieldSpectrum]) -> ReportTable {
    ReportTable(
      caption: caption,
      header: [
        "Field", "Rows seen", "Table rows", "Information abundance", "Maximum", "Share", "RankMe",
        "98 % at", "Condition number", "Lost",
      ],
      rows: fields.map { field in
        [
          .word(field.name), .number(NumberFormat.grouped(field.rowsSeen)),
          .number(NumberFormat.grouped(field.tableRows)),
          .number(NumberFormat.fixed(field.own.informationAbundance, 2)),
          .number("\(field.attainable)"),
          .number(NumberFormat.percent(field.evenness, 0)),
          .number(NumberFormat.fixed(field.own.rankMe, 2)),
          .number("\(field.spectrum.count(reaching: 0.98))"),
          .number(Self.condition(field.spectrum, dead: field.deadDimensions)),
          .number("\(field.lostDimensions)"),
        ]
      })
  }

  private var meanings: [(term: String, meaning: String)] {
    [
      (
        "RankMe",
        "A smooth count of the directions in use: exp(−Σ p ln p) with p = σ/Σσ + 10⁻⁷ over the singular "
          + "values of the uncentred rows. It equals the number of dimensions if all are used equally."
      ),
      (
        "Effective rank",
        "The same count, exp(−Σ p ln p) with p = σ/Σσ. Uncentred, the mean of the rows is one strong "
          + "direction; the covariance has none, and squares the singular values."
      ),
      (
        "Abundance",
        "Information abundance, Σσ / max σ; 1 if all of it is in one direction."
      ),
      ("98 % at", "The number of largest singular values that reach 98 % of the sum."),
      (
        "Attainable",
        "The largest rank that the rows allow, whatever the weights: a field with k different values in "
          + "the rows varies in at most k − 1 directions, and never in more than d. The dashed line of "
          + "the chart."
      ),
      (
        "Lost",
        "Attainable directions whose singular value is zero within rounding errors: σ ≤ D·2⁻⁵²·max σ in "
          + "the covariance of D dimensions."
      ),
      (
        "Condition number",
        "max σ / min σ; \u{201c}singular\u{201d} where min σ is zero within rounding errors, also by what "
          + "is not attainable."
      ),
      (
        "Constant", "Columns with the same value in every row, such as units that are never active."
      ),
    ]
  }

  private static let files: [(term: String, meaning: String)] = [
    (
      "spectrum.csv",
      "The curves: run, representation, rank, singular value, its ratio to the largest, and the natural "
        + "logarithm of the ratio (empty for an exact zero)."
    ),
    ("representations.csv, fields.csv", "All measures of all representations and tables."),
    ("summary.json", "All numbers of this section, with the spectra."),
    (
      "spectrum.svg, spectrum-REPRESENTATION.svg, fields.svg",
      "The charts, sized for one column or the full width of a paper."
    ),
  ]
}
