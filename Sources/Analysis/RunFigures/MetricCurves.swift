import Models
import Platform

/// What a curve of a metric is drawn over.
public enum CurveAxis: String, CaseIterable, Sendable {
  /// The epoch; of several evaluations in an epoch, the last one.
  case epoch
  /// The training step.
  case step
}

extension RunFigure {
  /// A metric of `metrics.jsonl` by epoch or by step: one curve per run, or per mean over seeds.
  ///
  /// Throws `RunFigureFailure` where a run lacks the metric.
  public static func curves(
    of runs: [RecordedRun], metric: String, split: String? = nil, by axis: CurveAxis = .epoch,
    seeds: SeedGrouping = .mean, colour: String? = nil
  ) throws -> RunFigure {
    let split = split ?? (runs.contains { $0.has("valid") } ? "valid" : "train")
    let histories = try runs.map { try $0.history(of: metric, split: split, by: axis) }
    let arms = RunArms(runs, grouping: seeds)
    func history(_ run: RecordedRun) -> [(x: Double, value: Double)] {
      runs.firstIndex { $0.folder == run.folder }.map { histories[$0] } ?? []
    }
    let curves = arms.series.map { series in
      Curve(series: series, points: common(series.arms[0].runs.map { ($0, history($0)) }))
    }
    let isCut = curves.contains { curve in
      curve.series.arms[0].runs.contains {
        (history($0).last?.x ?? 0) > (curve.points.last?.x ?? 0)
      }
    }
    let rows = rowSentence(runs, split: split)
    let subject = "\(metricTitle(metric)) of the \(splitName(split)) rows"
    return RunFigure(
      kind: "\(metric)-by-\(axis.rawValue)", title: "\(metricTitle(metric)) by \(axis.rawValue)",
      lead: "How \(metricTitle(metric)) changes while models train.",
      sentences: [
        "\(subject) by \(axis.rawValue).", rows,
        isCut ? "A mean ends where the first of its seeds stopped." : "",
      ], arms: arms, curves: curves,
      chart: chart(curves, arms, metric: metric, axis: axis, colour: colour), axis: axis.rawValue,
      number: metric, members: [("metric", .text(metric)), ("split", .text(split))])
  }

  /// The means at the places that all runs have.
  private static func common(
    _ runs: [(run: RecordedRun, history: [(x: Double, value: Double)])]
  ) -> [Point] {
    (runs.first?.history ?? []).compactMap { point in
      let values = runs.compactMap { entry in
        entry.history.first { $0.x == point.x }.map { (run: entry.run, value: $0.value) }
      }
      return values.count == runs.count ? Point(x: point.x, values) : nil
    }
  }

  private static func chart(
    _ curves: [Curve], _ arms: RunArms, metric: String, axis: CurveAxis, colour: String?
  ) -> CurveChart {
    let styles = SeriesStyles(arms, colour: colour)
    let last = curves.flatMap { $0.points.compactMap(\.x) }.max() ?? 1
    let count = styles.panels.count > 1 ? 4 : 8
    let x: Axis =
      axis == .step
      ? .linear(0, max(last, 1), count: count * 2 / 3)
      : .whole(last > 1 ? 1 : 0, max(last, 2), count: count)
    return CurveChart(
      id: "curves", title: "\(metricTitle(metric)) by \(axis.rawValue)",
      description: describe(curves, number: metricTitle(metric)), yTitle: metricTitle(metric),
      y: verticalAxis(curves),
      panels: styles.panels.map { title, members in
        CurveChart.Panel(
          title: title, xTitle: axis == .epoch ? "Epoch" : "Training step", x: x,
          curves: members.map { index in
            CurveChart.Curve(
              label: curves[index].series.name(styles.labels[index], among: arms),
              paradigm: curves[index].series.paradigm, shade: styles.shade[index],
              points: curves[index].points.map { point in
                point.drawn(tip: tip(curves[index], point, at: axis.rawValue))
              })
          })
      }, shades: styles.shades)
  }
}

extension RunFigure {
  /// The vertical axis around all means and what they vary by.
  static func verticalAxis(_ curves: [Curve]) -> Axis {
    .around(
      curves.flatMap(\.points).flatMap { point in
        [point.mean.mean] + point.values.map(\.value)
          + (point.mean.range.map { [$0.lowerBound, $0.upperBound] } ?? [])
      }, count: 6)
  }

  /// The text of a point.
  static func tip(_ curve: Curve, _ point: Point, at axis: String) -> String {
    let place = point.x.map { ", \(axis) \(NumberFormat.value($0))" } ?? ""
    return "\(curve.series.label)\(place): \(NumberFormat.metric(point.mean.mean))"
      + (point.mean.deviation.map { " ± \(NumberFormat.metric($0)), n = \(point.mean.count)" } ?? "")
  }

  /// A text alternative: where each curve begins and ends.
  static func describe(_ curves: [Curve], number: String) -> String {
    curves.map { curve in
      guard let first = curve.points.first, let last = curve.points.last else {
        return "\(curve.series.label): no numbers."
      }
      return "\(curve.series.label): \(number) from \(NumberFormat.metric(first.mean.mean)) to "
        + "\(NumberFormat.metric(last.mean.mean))."
    }.joined(separator: " ")
  }

  /// The rows that a metric is of.
  static func rowSentence(_ runs: [RecordedRun], split: String) -> String {
    let counts = Set(runs.compactMap { $0.rows[split] }).sorted()
    guard let least = counts.first, let most = counts.last else { return "" }
    guard least < most else {
      return "Evaluated on \(NumberFormat.grouped(least)) \(splitName(split)) rows."
    }
    return
      "Evaluated on \(NumberFormat.grouped(least)) to \(NumberFormat.grouped(most)) \(splitName(split)) rows: "
      + "the runs were not evaluated on the same rows."
  }

  /// The split as captions name it.
  static func splitName(_ split: String) -> String {
    ["train": "training", "valid": "validation"][split] ?? split
  }

  /// A metric as charts name it.
  static func metricTitle(_ name: String) -> String {
    titles[name] ?? name.replacing("_", with: " ")
  }

  private static let titles = [
    "logloss": "Logloss", "train_loss": "training loss", "rankme": "RankMe",
    "table_rankme": "RankMe of the tables",
    "table_information_abundance": "information abundance of the tables",
    "own_field_mean_abs_r": "mean |r| within fields",
    "cross_field_mean_abs_r": "mean |r| between fields",
    "samples_per_second": "training rows per second",
  ]
}

extension RecordedRun {
  /// Whether there are evaluations of a split.
  func has(_ split: String) -> Bool { evaluations.contains { $0.split == split } }

  /// A metric over epochs or steps.
  func history(
    of metric: String, split: String, by axis: CurveAxis
  ) throws -> [(x: Double, value: Double)] {
    let spans = axis == .step && has("\(split) steps") ? "\(split) steps" : split
    let lines = evaluations.filter { $0.split == spans }
    let known = Set(lines.flatMap(\.values.keys)).sorted()
    guard known.contains(metric) else {
      throw RunFigureFailure.noSuchNumber(
        run: "\(folder)/metrics.jsonl: split \(split)", name: metric, known: known)
    }
    var points: [(x: Double, value: Double)] = []
    for line in lines {
      guard let value = line.values[metric] else { continue }
      let x = Double(axis == .epoch ? line.epoch : line.step)
      if points.last?.x == x { points.removeLast() }
      points.append((x, value))
    }
    return points
  }
}
