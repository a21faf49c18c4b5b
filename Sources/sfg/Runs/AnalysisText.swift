import Analysis

/// What the analyses found: a run and place a row, or a run a row.
enum AnalysisText {
  static func table(_ results: [CollapseResult]) -> String {
    var table = TextTable([
      "run": .left, "representation": .left, "rows": .right, "dimensions": .right,
      "information abundance": .right, "RankMe": .right, "98 % at": .right, "dead": .right,
    ])
    for result in results {
      for place in result.representations {
        table.add(
          result.run.name, place.name, "\(place.rows)", "\(place.dimensions)",
          Readable.fixed(place.spectrum.informationAbundance, decimals: 2),
          Readable.fixed(place.own.rankMe, decimals: 2),
          "\(place.spectrum.count(reaching: 0.98))", "\(place.deadDimensions)")
      }
    }
    return table.description
  }

  static func table(_ results: [RedundancyResult]) -> String {
    var table = TextTable([
      "run": .left, "rows": .right, "mean |r|": .right, "outside own field": .right,
      "|r| > 0.1": .right, "|r| > 0.5": .right, "Frobenius": .right, "constant": .right,
    ])
    for result in results {
      let matrix = result.between
      table.add(
        result.run.name, "\(result.rows)", text(matrix.meanOffDiagonal),
        text(matrix.meanOffOwnField), text(matrix.shareAboveTenth), text(matrix.shareAboveHalf),
        Readable.fixed(matrix.frobeniusNorm, decimals: 1),
        "\(result.constantLeft) + \(result.constantRight)")
    }
    return table.description
  }

  private static func text(_ number: Double?) -> String {
    number.map { Readable.fixed($0, decimals: 4) } ?? "undefined"
  }
}
