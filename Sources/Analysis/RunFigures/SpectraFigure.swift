import Glibc
import Models
import Platform

extension RunFigure {
  /// The spectra of a representation: one curve per run, or per mean of logarithms over seeds.
  ///
  /// Throws `RunFigureFailure` where a run was not analysed, or lacks the representation.
  public static func spectra(
    of given: [RecordedRun], representation: String? = nil, seeds: SeedGrouping = .mean,
    colour: String? = nil
  ) throws -> RunFigure {
    let runs = given.filter { $0.mayHave("rankme") }
    guard !runs.isEmpty else { throw RunFigureFailure.nothing(what: "an embedding that interacts") }
    let name = representation ?? RecordedRun.mainRepresentation
    for run in runs where run.spectrum(name) == nil {
      guard !run.spectra.isEmpty else {
        throw RunFigureFailure.notAnalysed(
          run: run.folder, checkpoint: run.value(epochKey).map { "epoch-\($0)" },
          name: "spectrum", analysis: "collapse")
      }
      throw RunFigureFailure.noSuchNumber(
        run: run.folder, name: name, known: run.spectra.map(\.representation))
    }
    let arms = RunArms(runs, grouping: seeds)
    let styles = SeriesStyles(arms, colour: colour)
    let curves = arms.series.enumerated().map { index, series in
      curve(
        series, series.arms[0].runs.compactMap { $0.spectrum(name) },
        label: series.name(styles.labels[index], among: arms), styles.shades[styles.shade[index]])
    }
    let chart = SpectrumChart(
      id: "spectra", title: "Singular-value spectra",
      panels: styles.panels.map { title, members in
        SpectrumChart.Panel(title: title, curves: members.map { curves[$0] })
      }
    ).chart
    let left = given.count - runs.count
    return RunFigure(
      kind: "spectra", title: "Singular-value spectra",
      lead: "How many directions of its embedding space each model uses.",
      sentences: [
        "Singular values \(meaning(of: name)), each divided by the largest, as natural logarithms.",
        runs.contains { $0.spectra.contains { $0.centring == .raw } }
          ? "Of the uncentred matrix." : "Of the covariance.",
        analysedSentence(runs), epochSentence(runs),
        "A dashed line is the largest rank that the rows allow.",
      ], arms: arms,
      curves: arms.series.map { Curve(series: $0, points: points($0, name)) },
      chart: chart, axis: "rank", number: "log_normalized",
      members: [
        ("representation", .text(representation ?? "encoder, or embedding")),
        ("rankme", .array(arms.series.map { rankMe($0, name) })),
      ],
      notes: RunDescription.epochNotes(runs.map(\.description)).filter { _ in
        !arms.keys.contains(epochKey)
      } + rowNotes(runs, name)
        + (left > 0 ? ["\(left) runs have no embedding that interacts, and no curve"] : []),
      overview: overview(arms, name))
  }

  /// One line per curve; the drawn logarithms are in the CSV file.
  private static func overview(_ arms: RunArms, _ name: String) -> ReportTable {
    ReportTable(
      caption: "Ranks of the spectra",
      header: ["curve", "n", "dims", "attainable", "RankMe", "± sd"],
      rows: arms.series.map { series in
        let spectra = series.arms[0].runs.compactMap { $0.spectrum(name) }
        let mean = SeedMean(spectra.map(\.rankMe))
        func span(_ numbers: [Int]) -> String {
          Set(numbers).sorted().map(String.init).joined(separator: ", ")
        }
        return [
          .word(series.label), .number("\(spectra.count)"),
          .number(span(spectra.map(\.logs.count))), .number(span(spectra.map(\.attainable))),
          .number(NumberFormat.fixed(mean?.mean, 1)),
          .number(NumberFormat.fixed(mean?.deviation, 1)),
        ]
      })
  }

  /// The key of checkpoints, which differ in their epochs.
  public static let epochKey = "epoch"

  private static func meaning(of representation: String) -> String {
    representation == RecordedRun.mainRepresentation
      ? "of the encoder's output, of the embedding where there is no encoder"
      : "of the representation \(representation)"
  }

  /// The mean of the logarithms by rank, none of them below the rounding errors.
  private static func curve(
    _ series: RunArms.Series, _ spectra: [RecordedRun.SpectrumRecord], label: String,
    _ shade: Palette.Shade
  ) -> SpectrumChart.Curve {
    let ranks = spectra.map(\.logs.count).min() ?? 0
    let rounding = spectra.map(\.rounding).max() ?? -.infinity
    let means = (0..<ranks).compactMap { rank in
      SeedMean(spectra.map { max($0.logs[rank], rounding) })
    }
    return SpectrumChart.Curve(
      label: label, paradigm: series.paradigm, shade: shade, logs: means.map(\.mean),
      rounding: rounding, attainable: spectra.map(\.attainable).min() ?? ranks,
      deviations: spectra.count > 1 ? means.map { $0.deviation ?? 0 } : nil)
  }

  private static func points(_ series: RunArms.Series, _ name: String) -> [Point] {
    let runs = series.arms[0].runs.compactMap { run in run.spectrum(name).map { (run, $0) } }
    let rounding = runs.map(\.1.rounding).max() ?? -.infinity
    return (0..<(runs.map(\.1.logs.count).min() ?? 0)).compactMap { rank in
      Point(x: Double(rank + 1), runs.map { ($0, max($1.logs[rank], rounding)) })
    }
  }

  private static func rankMe(_ series: RunArms.Series, _ name: String) -> JSONValue {
    let mean = SeedMean(series.arms[0].runs.map { $0.spectrum(name)?.rankMe })
    return .object([
      ("label", .text(series.label)), ("mean", .optional(mean?.mean)),
      ("sd", .optional(mean?.deviation)), ("n", .integer(mean?.count ?? 0)),
    ])
  }

  private static func rowNotes(_ runs: [RecordedRun], _ name: String) -> [String] {
    Set(runs.compactMap { $0.spectrum(name)?.rows }).count > 1
      ? [
        "the spectra are of different numbers of rows, on which they depend; analyse all runs on equally many"
      ]
      : []
  }
}

extension RecordedRun.SpectrumRecord {
  /// The logarithm up to which a value is zero within rounding errors.
  var rounding: Double { log(centring.rounding(dimensions: logs.count)) }
}
