import Models
import Platform

extension RunFigure {
  /// A metric of held-out rows against RankMe and against the two mean |r|: one mark per run.
  ///
  /// Throws `RunFigureFailure` where a run was not analysed.
  public static func measures(
    of given: [RecordedRun], metric: String = "AUC", split: String? = nil, colour: String? = nil
  ) throws -> RunFigure {
    let runs = given.filter { $0.mayHave("rankme") }
    guard !runs.isEmpty else { throw RunFigureFailure.nothing(what: "an embedding that interacts") }
    let split = split ?? (runs.allSatisfy { $0.heldOut == "test" } ? "test" : "valid")
    let arms = RunArms(runs, grouping: .mean)
    let marks = try measures.flatMap { measure in
      try arms.series.enumerated().flatMap { index, series in
        try series.arms[0].runs.filter { $0.mayHave(measure) }.map { run in
          Mark(
            measure: measure, series: index, run: run,
            x: try run.number(measure, split: split), y: try run.number(metric, split: split))
        }
      }
    }
    let left = given.count - runs.count
    let sizes = Set(runs.compactMap { $0.spectrum(RecordedRun.mainRepresentation)?.logs.count })
    return RunFigure(
      marks, arms, metric: metric, split: split,
      chart: chart(marks, arms, metric: metric, split: split, colour: colour),
      sentences: [
        "One mark per run: \(metricTitle(metric)) of the kept weights on \(splitName(split)) rows, against "
          + "RankMe of the encoder's output (of the embedding where there is no encoder) and "
          + "against the mean |r| of the operands of the interaction.",
        rowSentence(runs, split: split), analysedSentence(runs), epochSentence(runs),
        sizes.count > 1
          ? "The runs have \((sizes.min() ?? 0)) to \((sizes.max() ?? 0)) dimensions, which bound RankMe."
          : "",
        "Marks of runs that differ in several settings show no effect of one measure on another.",
      ],
      notes: left > 0
        ? [
          "\(left) \(left == 1 ? "run has" : "runs have") no embedding that interacts, and no mark"
        ]
        : [])
  }

  private static let measures = ["rankme", "own_field_mean_abs_r", "cross_field_mean_abs_r"]

  /// A run in one panel.
  private struct Mark {
    let measure: String
    let series: Int
    let run: RecordedRun
    let x: Double
    let y: Double
  }

  private init(
    _ marks: [Mark], _ arms: RunArms, metric: String, split: String, chart: CurveChart,
    sentences: [String], notes: [String]
  ) {
    kind = "measures"
    title = "\(Self.metricTitle(metric)) against RankMe and redundancy"
    lead =
      "How well models predict, beside how many dimensions they use and how redundant they are."
    runs = arms.arms.flatMap { $0.runs.map(\.description) }
    caption = (sentences + [arms.sharedSentence, arms.alongsideSentence]).filter { !$0.isEmpty }
      .joined(separator: " ")
    svg = chart.svg
    isWide = true
    self.notes = notes
    let rows = arms.series.enumerated().flatMap { index, series in
      series.arms[0].runs.map { run in
        (
          series: series, run: run,
          numbers: Self.measures.map { measure in
            marks.first {
              $0.series == index && $0.measure == measure && $0.run.folder == run.folder
            }?.x
          }, metric: marks.first { $0.series == index && $0.run.folder == run.folder }?.y
        )
      }
    }
    overview = ReportTable(
      caption: "The drawn numbers",
      header: ["run", "settings", metric, "RankMe", "own |r|", "cross |r|"],
      rows: rows.map { row in
        [
          .word(row.run.description.name), .word(row.series.label),
          .number(NumberFormat.metric(row.metric)), .number(NumberFormat.fixed(row.numbers[0], 1)),
          .number(NumberFormat.fixed(row.numbers[1], 4)),
          .number(NumberFormat.fixed(row.numbers[2], 4)),
        ]
      })
    let names = [metric] + Self.measures
    table = CSVTable(
      header: ["run", "paradigm", "backbone", "seed", "settings"] + names,
      rows: rows.map { row in
        row.run.description.identity.map(\.value) + [.text(row.run.seed), .text(row.series.label)]
          + ([row.metric] + row.numbers).map { .optional($0) }
      })
    summary = .object([
      ("figure", .text(kind)), ("metric", .text(metric)), ("split", .text(split)),
      ("caption", .text(caption)),
      (
        "runs",
        .array(
          rows.map { row in
            .object(
              row.run.description.identity + [
                ("seed", .text(row.run.seed)), ("settings", .text(row.series.label)),
                ("epoch", row.run.description.epoch.map { .integer($0) } ?? .null),
              ] + zip(names, [row.metric] + row.numbers).map { ($0, .optional($1)) })
          })
      ),
    ])
  }

  private static func chart(
    _ marks: [Mark], _ arms: RunArms, metric: String, split: String, colour: String?
  ) -> CurveChart {
    let styles = MarkStyles(arms, colour: colour)
    return CurveChart(
      id: "measures", title: "\(metricTitle(metric)) against RankMe and redundancy",
      description: marks.filter { $0.measure == "rankme" }.map { mark in
        "\(mark.run.description.name): \(metricTitle(metric)) \(NumberFormat.metric(mark.y)), "
          + "RankMe \(NumberFormat.fixed(mark.x, 1))."
      }.joined(separator: " "), yTitle: "\(splitName(split)) \(metricTitle(metric))",
      y: .around(marks.map(\.y), count: 5),
      panels: measures.map { measure in
        let own = marks.filter { $0.measure == measure }
        return CurveChart.Panel(
          title: nil, xTitle: metricTitle(measure), x: .around(own.map(\.x), count: 4),
          curves: styles.looks.enumerated().map { index, look in
            CurveChart.Curve(
              label: look.label, paradigm: look.paradigm, shade: index,
              points: own.filter { styles.look[$0.series] == index }.map { mark in
                CurveChart.Point(
                  x: mark.x, y: mark.y,
                  tip: "\(mark.run.description.name): \(metricTitle(measure)) "
                    + "\(NumberFormat.metric(mark.x)), \(metricTitle(metric)) "
                    + NumberFormat.metric(mark.y))
              })
          })
      }, shades: styles.looks.map(\.shade), form: .marks)
  }
}

/// The colours of marks that share their panels: of every series where these are few, or else of
/// the values of one factor, or of the paradigms alone.
private struct MarkStyles {
  /// A colour with its label.
  struct Look {
    let label: String
    let paradigm: Paradigm
    let shade: Palette.Shade
  }

  let looks: [Look]
  /// The look of each series.
  let look: [Int]

  init(_ arms: RunArms, colour: String?) {
    let styles = SeriesStyles(arms, colour: colour)
    let isSingle = styles.panels.count == 1
    let labels = arms.series.indices.map { index -> String in
      let series = arms.series[index]
      if isSingle { return styles.labels[index] }
      let keys = arms.keys.filter { $0 == "model.paradigm" || $0 == styles.colour }
      let label = RunArms.label(series.first, keys)
      return label.isEmpty ? series.paradigm.rawValue : label
    }
    let distinct = labels.indices.filter { index in
      labels[..<index].indices.allSatisfy {
        labels[$0] != labels[index] || arms.series[$0].paradigm != arms.series[index].paradigm
      }
    }
    let byParadigm = Palette.shades(distinct.map { arms.series[$0].paradigm })
    looks = distinct.enumerated().map { place, index in
      Look(
        label: labels[index], paradigm: arms.series[index].paradigm,
        shade: isSingle || styles.colour != nil
          ? styles.shades[styles.shade[index]] : byParadigm[place])
    }
    look = labels.indices.map { index in
      distinct.firstIndex {
        labels[$0] == labels[index] && arms.series[$0].paradigm == arms.series[index].paradigm
      } ?? 0
    }
  }
}
