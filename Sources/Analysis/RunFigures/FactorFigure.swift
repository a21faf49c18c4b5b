import Models
import Platform

extension RunFigure {
  /// A number of finished runs against a numeric key, with bars over seeds.
  ///
  /// There is one curve per setting of the other keys. Runs in which the key has no effect are a
  /// line across.
  ///
  /// Throws `RunFigureFailure` where the key is no number, or a run lacks the metric.
  public static func factor(
    _ key: String, of runs: [RecordedRun], metric: String, split: String? = nil,
    colour: String? = nil
  ) throws -> RunFigure {
    let runs = runs.filter { $0.mayHave(metric) }
    let values = runs.map { $0.value(key) }
    guard Set(values.compactMap(\.self)).count > 1 else {
      throw RunFigureFailure.constant(key: key, value: values.first ?? nil)
    }
    for (run, value) in zip(runs, values) {
      guard let value, Double(value).map(\.isFinite) != true else { continue }
      throw RunFigureFailure.notANumber(run: run.folder, key: key, value: value)
    }
    let split = split ?? (runs.allSatisfy { $0.heldOut == "test" } ? "test" : "valid")
    let arms = RunArms(runs, grouping: .mean, factor: key)
    let curves = try arms.series.map { series in
      Curve(
        series: series,
        points: try series.arms.compactMap { arm in
          Point(
            x: arm.number(key),
            try arm.runs.map { (run: $0, value: try $0.number(metric, split: split)) })
        })
    }
    let name = RunArms.short(key, among: [])
    let isOfRows = runs.contains { $0.outcome["\(split)/\(metric)"] != nil }
    return RunFigure(
      kind: "\(metric)-against-\(name)", title: "\(metricTitle(metric)) against \(name)",
      lead: "How \(metricTitle(metric)) depends on \(key).",
      sentences: [
        "\(metricTitle(metric)) of the kept weights against \(key).",
        isOfRows ? rowSentence(runs, split: split) : analysedSentence(runs), epochSentence(runs),
        curves.contains { $0.points.contains { $0.x == nil } }
          ? "A line without marks is a model in which \(name) has no effect." : "",
        arms.series.count > 1 ? "Marks at one value are side by side." : "",
        arms.arms.contains { $0.runs.count > 1 } ? "Small circles are single seeds." : "",
      ], arms: arms, curves: curves,
      chart: chart(curves, arms, metric: metric, key: key, colour: colour), axis: key,
      number: metric, members: [("metric", .text(metric)), ("split", .text(split))],
      notes: isOfRows ? [] : RunDescription.epochNotes(runs.map(\.description)))
  }

  private static func chart(
    _ curves: [Curve], _ arms: RunArms, metric: String, key: String, colour: String?
  ) -> CurveChart {
    let styles = SeriesStyles(arms, colour: colour)
    let x = Axis.factor(curves.flatMap { $0.points.compactMap(\.x) })
    return CurveChart(
      id: "factor-\(key.replacing(".", with: "-"))",
      title: "\(metricTitle(metric)) against \(key)",
      description: describe(curves, number: metricTitle(metric)), yTitle: metricTitle(metric),
      y: verticalAxis(curves),
      panels: styles.panels.map { title, members in
        CurveChart.Panel(
          title: title, xTitle: RunArms.short(key, among: []), x: x,
          curves: members.map { index in
            let curve = curves[index]
            return CurveChart.Curve(
              label: curve.series.name(styles.labels[index], among: arms),
              paradigm: curve.series.paradigm, shade: styles.shade[index],
              points: curve.points.map { $0.drawn(tip: tip(curve, $0, at: key)) },
              isReference: curve.points.allSatisfy { $0.x == nil })
          })
      }, shades: styles.shades, form: .connectedMarks)
  }

  /// The epochs of the weights that numbers are of.
  static func epochSentence(_ runs: [RecordedRun]) -> String {
    let epochs = Set(runs.compactMap(\.description.epoch)).sorted()
    guard let least = epochs.first, let most = epochs.last else { return "" }
    return least == most ? "Weights of epoch \(least)." : "Weights of epochs \(least) to \(most)."
  }

  /// The rows that analyses read.
  static func analysedSentence(_ runs: [RecordedRun]) -> String {
    let counts = Set(runs.flatMap { $0.spectra.map(\.rows) }).sorted()
    guard let least = counts.first, let most = counts.last else { return "" }
    guard least < most else { return "Analysed on \(NumberFormat.grouped(least)) rows." }
    return "Analysed on \(NumberFormat.grouped(least)) to \(NumberFormat.grouped(most)) rows."
  }
}

extension RecordedRun {
  /// The numbers that analyses of a run write, with the name of the analysis.
  static let analysed = [
    "rankme": "collapse", "effective_rank": "collapse", "information_abundance": "collapse",
    "own_field_mean_abs_r": "redundancy", "cross_field_mean_abs_r": "redundancy",
  ]

  /// Whether the model has what a number describes: some have no embedding, or no operands.
  func mayHave(_ metric: String) -> Bool {
    switch Self.analysed[metric] {
    case "collapse": description.backbone != .lr
    case "redundancy": description.backbone != .lr && description.backbone.hasOperands
    default: true
    }
  }

  /// A number of the finished run, that of a split where there are several.
  func number(_ metric: String, split: String) throws -> Double {
    if let value = outcome["\(split)/\(metric)"] ?? outcome[metric] { return value }
    if let analysis = Self.analysed[metric] {
      throw RunFigureFailure.notAnalysed(
        run: folder, checkpoint: nil, name: metric, analysis: analysis)
    }
    let known = Set(
      outcome.keys.compactMap { key -> String? in
        let parts = key.split(separator: "/")
        return parts.count == 1 ? key : parts[0] == split ? String(parts[1]) : nil
      })
    throw RunFigureFailure.noSuchNumber(
      run: "\(folder): split \(split)", name: metric, known: known.sorted())
  }
}
