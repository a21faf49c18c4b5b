import Analysis

/// What the analyses found, a run a row.
enum AnalysisText {
  static func table(_ results: [CollapseResult]) -> String {
    var table = TextTable([
      "run": .left, "rows": .right, "dimensions": .right, "information abundance": .right,
      "RankMe": .right, "98 % at": .right,
    ])
    for result in results {
      table.add(
        result.run.name, "\(result.rows)", "\(result.dimensions)",
        Readable.fixed(result.spectrum.informationAbundance, decimals: 2),
        Readable.fixed(result.uncentred.rankMe, decimals: 2), "\(result.dimensionsFor98Percent)")
    }
    return table.description
  }

  static func table(_ results: [RedundancyResult]) -> String {
    var table = TextTable([
      "run": .left, "rows": .right, "mean |r|": .right, "outside own field": .right,
      "|r| > 0.1": .right, "|r| > 0.5": .right, "constant": .right,
    ])
    for result in results {
      table.add(
        result.run.name, "\(result.rows)", text(result.meanOffDiagonal),
        text(result.meanOffOwnField), text(result.share(above: 0.1)),
        text(result.share(above: 0.5)), "\(result.constantLeft) + \(result.constantRight)")
    }
    return table.description
  }

  private static func text(_ number: Double?) -> String {
    number.map { Readable.fixed($0, decimals: 4) } ?? "undefined"
  }
}
