/// The tables of a collapse report: everything that its figures show.
enum CollapseTables {
  /// One line a run, representation and rank.
  static func spectra(_ results: [CollapseResult]) -> CSVTable {
    var table = CSVTable(header: [
      "run", "representation", "rank", "singular_value", "normalized", "log_normalized",
    ])
    for result in results {
      for representation in result.representations {
        let spectrum = representation.spectrum
        let (shares, logs) = (spectrum.normalized, spectrum.logNormalized)
        for rank in spectrum.values.indices {
          table.append([
            .text(result.run.name), .text(representation.name), .integer(rank + 1),
            .number(spectrum.values[rank]), .number(shares[rank]), .number(logs[rank]),
          ])
        }
      }
    }
    return table
  }

  /// One line a run and representation.
  static func measures(_ results: [CollapseResult]) -> CSVTable {
    var table = CSVTable(header: [
      "run", "paradigm", "backbone", "representation", "spectrum_of", "rows", "dimensions",
      "singular_value_sum", "information_abundance", "rankme", "effective_rank",
      "dimensions_98_percent", "condition_number", "dead_dimensions", "constant_dimensions",
    ])
    for result in results {
      for representation in result.representations {
        let spectrum = representation.spectrum
        table.append([
          .text(result.run.name), .text(result.run.paradigm.rawValue), .text(result.run.backbone),
          .text(representation.name), .text(result.centring.rawValue),
          .integer(representation.rows), .integer(representation.dimensions),
          .number(spectrum.sum), .number(spectrum.informationAbundance),
          .number(representation.own.rankMe), .number(spectrum.effectiveRank),
          .integer(spectrum.count(reaching: 0.98)), .number(spectrum.conditionNumber),
          .integer(representation.deadDimensions), .integer(representation.constantDimensions),
        ])
      }
    }
    return table
  }

  /// One line a run and field, fields of few values first.
  static func fields(_ results: [CollapseResult]) -> CSVTable {
    let widest = results.flatMap(\.fields).map(\.dimension).max() ?? 0
    var table = CSVTable(
      header: [
        "run", "field", "table_rows", "rows_seen", "attainable", "table_information_abundance",
        "share_of_attainable", "information_abundance", "rankme", "effective_rank",
        "dimensions_98_percent", "condition_number", "dead_dimensions",
      ] + (0..<widest).map { "singular_value_\($0 + 1)" })
    for result in results {
      for field in result.fields {
        let spectrum = field.spectrum
        let cells: [CSVTable.Cell] = [
          .text(result.run.name), .text(field.name), .integer(field.tableRows),
          .integer(field.rowsSeen), .integer(field.attainable),
          .number(field.own.informationAbundance), field.evenness.map { .number($0) } ?? .empty,
          .number(spectrum.informationAbundance), .number(field.own.rankMe),
          .number(spectrum.effectiveRank), .integer(spectrum.count(reaching: 0.98)),
          .number(spectrum.conditionNumber), .integer(field.deadDimensions),
        ]
        table.append(cells + spectrum.values.map { .number($0) })
      }
    }
    return table
  }
}
