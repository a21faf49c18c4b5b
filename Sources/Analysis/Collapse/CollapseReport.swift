import LinearAlgebra
import Platform

/// The files of `sfg analyze collapse`: two tables, a summary, a chart and a page.
public enum CollapseReport {
  /// Writes the report on some runs, and with `dump` their covariances as npy.
  ///
  /// Throws `FileFailure`.
  public static func write(_ results: [CollapseResult], to folder: String, dump: Bool = false)
    throws
  {
    let files = ReportFolder(folder, runs: results.map(\.run.name))
    let results = labelled(results, files)
    let chart = chart(results)
    try spectrumTable(results).write(to: files.file("spectrum.csv"))
    try fieldTable(results).write(to: files.file("fields.csv"))
    try AtomicFile.write(summary(results).pretty + "\n", to: files.file("summary.json"))
    try AtomicFile.write(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + chart, to: files.file("spectrum.svg"))
    try AtomicFile.write(CollapsePage(results, chart: chart).text, to: files.file("report.html"))
    guard dump else { return }
    for (index, result) in results.enumerated() {
      try NpyFile.write(result.covariance, to: files.file("covariance", "npy", run: index))
    }
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
        ("rows", .integer(result.rows)),
        ("dimensions", .integer(result.dimensions)),
        ("information_abundance", .number(result.spectrum.informationAbundance)),
        ("rankme", .number(result.uncentred.rankMe)),
        ("dimensions_98_percent", .integer(result.dimensionsFor98Percent)),
        ("constant_dimensions", .integer(result.constantDimensions)),
        ("singular_value_sum", .number(result.spectrum.sum)),
        ("singular_values", numbers(result.spectrum.values)),
        ("log_normalized", numbers(result.spectrum.logNormalized)),
        ("fields", .array(result.fields.map(summary))),
      ])
  }

  private static func summary(_ field: FieldSpectrum) -> JSONValue {
    .object([
      ("field", .text(field.name)),
      ("table_rows", .integer(field.tableRows)),
      ("rows_seen", .integer(field.rowsSeen)),
      ("attainable", .integer(field.attainable)),
      ("information_abundance", .number(field.spectrum.informationAbundance)),
      ("rankme", .number(field.spectrum.rankMe)),
    ])
  }

  private static func numbers(_ values: [Double]) -> JSONValue {
    .array(values.map { .number($0) })
  }

  private static func labelled(_ results: [CollapseResult], _ files: ReportFolder)
    -> [CollapseResult]
  {
    results.indices.map { index in
      var result = results[index]
      result.run.name = files.labels[index]
      return result
    }
  }

  static func chart(_ results: [CollapseResult]) -> String {
    SpectrumChart(
      results.map {
        SpectrumChart.Curve(
          label: $0.run.name, paradigm: $0.run.paradigm, logs: $0.spectrum.logNormalized)
      }
    ).svg
  }

  /// One line a rank; with several runs every column's name starts with the run's.
  static func spectrumTable(_ results: [CollapseResult]) -> CSVTable {
    let columns = ["singular_value", "normalized", "log_normalized"]
    var table = CSVTable(
      header: ["rank"]
        + results.flatMap { result in
          columns.map { results.count == 1 ? $0 : "\(result.run.name).\($0)" }
        })
    let curves = results.map {
      (values: $0.spectrum.values, shares: $0.spectrum.normalized, logs: $0.spectrum.logNormalized)
    }
    for rank in 0..<(results.map(\.dimensions).max() ?? 0) {
      table.append(
        [.integer(rank + 1)]
          + curves.flatMap { curve -> [CSVTable.Cell] in
            guard rank < curve.values.count else { return [.empty, .empty, .empty] }
            return [
              .number(curve.values[rank]), .number(curve.shares[rank]), .number(curve.logs[rank]),
            ]
          })
    }
    return table
  }

  /// One line a run and field.
  static func fieldTable(_ results: [CollapseResult]) -> CSVTable {
    let widest = results.flatMap(\.fields).map(\.dimension).max() ?? 0
    var table = CSVTable(
      header: [
        "run", "field", "table_rows", "rows_seen", "attainable", "information_abundance", "rankme",
      ] + (0..<widest).map { "singular_value_\($0 + 1)" })
    for result in results {
      for field in result.fields {
        table.append(
          [
            .text(result.run.name), .text(field.name), .integer(field.tableRows),
            .integer(field.rowsSeen), .integer(field.attainable),
            .number(field.spectrum.informationAbundance), .number(field.spectrum.rankMe),
          ] + field.spectrum.values.map { .number($0) })
      }
    }
    return table
  }
}
