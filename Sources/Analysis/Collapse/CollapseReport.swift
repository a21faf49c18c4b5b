import LinearAlgebra
import Platform

/// The files of `sfg analyze collapse`: tables, a summary, charts and a page.
struct CollapseReport: AnalysisReport {
  let title = "Dimensional collapse"
  let lead = "How many directions of its embedding space a model uses."
  let figure = (kind: "chart", file: "spectrum.svg")
  let results: [CollapseResult]
  let figures: CollapseFigures

  init(_ results: [CollapseResult]) {
    self.results = results
    figures = CollapseFigures(results)
  }

  var runs: [RunDescription] { results.map(\.run) }

  func writeFiles(to files: ReportFolder) throws {
    try spectra.write(to: files.file("spectrum.csv"))
    try measures.write(to: files.file("representations.csv"))
    try fields.write(to: files.file("fields.csv"))
    for figure in figures.all {
      try AtomicFile.write(Markup.document(figure.svg), to: files.file("\(figure.stem).svg"))
    }
    for (index, result) in results.enumerated() {
      for representation in result.representations {
        try files.dump("covariance-\(representation.name)", run: index).map {
          try NpyFile.write(representation.covariance, to: $0)
        }
      }
    }
  }

  var overview: ReportTable {
    ReportTable(
      caption: title,
      header: [
        "run", "epoch", "representation", "dims", "attainable", "lost", "RankMe", "eff. rank",
        "abundance", "98 %",
      ],
      rows: results.flatMap { result in
        result.representations.map { place in
          [
            .word(result.run.name), .number(result.run.epoch.map(String.init) ?? "–"),
            .word(place.name), .number("\(place.dimensions)"), .number("\(place.attainable)"),
            .number("\(place.lostDimensions)"),
            .number(NumberFormat.fixed(place.own.rankMe, 1)),
            .number(NumberFormat.fixed(place.spectrum.effectiveRank, 1)),
            .number(NumberFormat.fixed(place.spectrum.informationAbundance, 2)),
            .number("\(place.spectrum.count(reaching: 0.98))"),
          ]
        }
      })
  }

  /// What a reader of the table must know.
  var notes: [String] {
    let rows = Set(results.flatMap { $0.representations.map(\.rows) }).sorted()
    let counted = rows.map(NumberFormat.grouped).joined(separator: " or ")
    let matrix =
      results.contains { $0.centring == .covariance } ? "covariance" : "uncentred matrix"
    return [
      "measured on \(counted) rows; RankMe is of the uncentred matrix, the others of the \(matrix)"
    ] + RunDescription.epochNotes(runs) + disagreements
  }
}

extension CollapseReport {
  /// All numbers, with the spectra; the logarithm of zero is null.
  var summary: JSONValue {
    .object([
      ("analysis", .text(CollapseAnalysis.name)),
      ("runs", .array(results.map(Self.summary))),
    ])
  }

  private static func summary(_ result: CollapseResult) -> JSONValue {
    .object(
      result.run.json + [
        ("spectrum_of", .text(result.centring.rawValue)),
        ("representations", .array(result.representations.map(summary))),
        ("fields", .array(result.fields.map(summary))),
      ])
  }

  private static func summary(_ representation: RepresentationSpectrum) -> JSONValue {
    .object(
      [("representation", .text(representation.name))] + measures(of: representation) + [
        ("singular_values", numbers(representation.spectrum.values)),
        ("log_normalized", numbers(representation.spectrum.logNormalized)),
      ])
  }

  private static func summary(_ field: FieldSpectrum) -> JSONValue {
    .object(
      [
        ("field", .text(field.name)),
        ("table_rows", .integer(field.tableRows)),
        ("rows_seen", .integer(field.rowsSeen)),
        ("attainable", .integer(field.attainable)),
        ("table_information_abundance", .number(field.own.informationAbundance)),
      ] + measures(field.spectrum, own: field.own) + [
        ("dead_dimensions", .integer(field.deadDimensions)),
        ("lost_dimensions", .integer(field.lostDimensions)),
        ("singular_values", numbers(field.spectrum.values)),
      ])
  }

  private static func measures(of representation: RepresentationSpectrum) -> [(String, JSONValue)] {
    [("rows", .integer(representation.rows))]
      + measures(representation.spectrum, own: representation.own) + [
        ("dead_dimensions", .integer(representation.deadDimensions)),
        ("attainable_rank", .integer(representation.attainable)),
        ("lost_dimensions", .integer(representation.lostDimensions)),
        ("constant_dimensions", .integer(representation.constantDimensions)),
        ("uncentred_effective_rank", .number(representation.own.effectiveRank)),
        ("uncentred_information_abundance", .number(representation.own.informationAbundance)),
      ]
  }

  private static func measures(_ spectrum: Spectrum, own: Spectrum) -> [(String, JSONValue)] {
    [
      ("dimensions", .integer(spectrum.values.count)),
      ("singular_value_sum", .number(spectrum.sum)),
      ("information_abundance", .number(spectrum.informationAbundance)),
      ("rankme", .number(own.rankMe)),
      ("effective_rank", .number(spectrum.effectiveRank)),
      ("dimensions_98_percent", .integer(spectrum.count(reaching: 0.98))),
      ("condition_number", .number(spectrum.conditionNumber)),
    ]
  }

  private static func numbers(_ values: [Double]) -> JSONValue {
    .array(values.map { .number($0) })
  }
}

extension CollapseReport {
  /// One line per run, representation and rank.
  var spectra: CSVTable {
    CSVTable(
      header: ["run", "representation", "rank", "singular_value", "normalized", "log_normalized"],
      rows: results.flatMap { result in
        result.representations.flatMap { representation in
          let spectrum = representation.spectrum
          let (shares, logs) = (spectrum.normalized, spectrum.logNormalized)
          return spectrum.values.indices.map { rank -> [JSONValue] in
            [
              .text(result.run.name), .text(representation.name), .integer(rank + 1),
              .number(spectrum.values[rank]), .number(shares[rank]), .number(logs[rank]),
            ]
          }
        }
      })
  }

  /// One line per run and representation.
  var measures: CSVTable {
    CSVTable(
      header: [
        "run", "paradigm", "backbone", "representation", "spectrum_of", "rows", "dimensions",
        "singular_value_sum", "information_abundance", "rankme", "effective_rank",
        "dimensions_98_percent", "condition_number", "dead_dimensions", "attainable_rank",
        "lost_dimensions", "constant_dimensions", "uncentred_effective_rank",
        "uncentred_information_abundance",
      ],
      rows: results.flatMap { result in
        result.representations.map { representation in
          let place: [JSONValue] = [
            .text(representation.name), .text(result.centring.rawValue),
          ]
          return result.run.identity.map(\.value) + place
            + Self.measures(of: representation).map(\.1)
        }
      })
  }

  /// One line per run and field, in ascending order of cardinality.
  var fields: CSVTable {
    let widest = results.flatMap(\.fields).map(\.dimension).max() ?? 0
    return CSVTable(
      header: [
        "run", "field", "table_rows", "rows_seen", "attainable", "table_information_abundance",
        "share_of_attainable", "information_abundance", "rankme", "effective_rank",
        "dimensions_98_percent", "condition_number", "dead_dimensions", "lost_dimensions",
      ] + (0..<widest).map { "singular_value_\($0 + 1)" },
      rows: results.flatMap { result in
        result.fields.map { field in
          let first: [JSONValue] = [
            .text(result.run.name), .text(field.name), .integer(field.tableRows),
            .integer(field.rowsSeen), .integer(field.attainable),
            .number(field.own.informationAbundance), .optional(field.evenness),
          ]
          // The number of dimensions and the sum are left to the singular values.
          let measures = Self.measures(field.spectrum, own: field.own).dropFirst(2).map(\.1)
          return first + measures
            + [.integer(field.deadDimensions), .integer(field.lostDimensions)]
            + field.spectrum.values.map { .number($0) }
        }
      })
  }
}
