import LinearAlgebra
import Platform

/// The files of `sfg analyze collapse`: tables, a summary, charts and a page.
public enum CollapseReport {
  /// Writes the report on some runs, and with `dump` their covariances as npy.
  ///
  /// Throws `FileFailure`.
  public static func write(_ results: [CollapseResult], to folder: String, dump: Bool = false)
    throws
  {
    let files = ReportFolder(folder, runs: results.map(\.run.name))
    let results = files.labelled(results, \.run.name)
    try CollapseTables.spectra(results).write(to: files.file("spectrum.csv"))
    try CollapseTables.measures(results).write(to: files.file("representations.csv"))
    try CollapseTables.fields(results).write(to: files.file("fields.csv"))
    try AtomicFile.write(summary(results).pretty + "\n", to: files.file("summary.json"))
    for figure in CollapseFigures(results).all {
      try AtomicFile.write(Markup.document(figure.svg), to: files.file("\(figure.stem).svg"))
    }
    try AtomicFile.write(page(results), to: files.file("report.html"))
    guard dump else { return }
    for (index, result) in results.enumerated() {
      for representation in result.representations {
        try NpyFile.write(
          representation.covariance,
          to: files.file("covariance-\(representation.name)", "npy", run: index))
      }
    }
  }

  /// The page on some runs of different names.
  static func page(_ results: [CollapseResult]) -> String {
    var page = HTMLPage(
      title: "Dimensional collapse",
      lead: "How many directions of its space a model really uses, place by place.")
    page.table(.runs(results.map(\.run)))
    CollapseSection(results).add(to: &page)
    return page.text
  }

  /// Everything the report says in numbers, with the spectra; exact zeros have the logarithm null.
  public static func summary(_ results: [CollapseResult]) -> JSONValue {
    .object([
      ("analysis", .text("collapse")),
      ("runs", .array(results.map(summary))),
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
      [
        ("representation", .text(representation.name)),
        ("rows", .integer(representation.rows)),
      ] + measures(representation.spectrum, own: representation.own)
        + [
          ("dead_dimensions", .integer(representation.deadDimensions)),
          ("constant_dimensions", .integer(representation.constantDimensions)),
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
      ] + measures(field.spectrum, own: field.own)
        + [
          ("dead_dimensions", .integer(field.deadDimensions)),
          ("singular_values", numbers(field.spectrum.values)),
        ])
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
