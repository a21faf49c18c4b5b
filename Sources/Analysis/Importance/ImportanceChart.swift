import Models

/// The AUC and Logloss that runs lose without each field: one line per field and a mark per run,
/// each with its interval, the most important field first.
struct ImportanceChart {
  private let results: [ImportanceResult]
  private let names: [String]
  private let omitted: Int
  private let shades: [Palette.Shade]
  private let nameSpace: Double
  private let metrics: [Panel]

  /// One metric of all runs.
  private struct Panel {
    let title: String
    let loss: (FieldImportance) -> PermutationLoss?
  }

  private static let width = 480.0
  private static let top = 56.0
  private static let gap = 22.0
  private static let margin = 14.0
  /// The greatest height of the lines, about two columns of a page.
  private static let most = 900.0

  /// Charts the fields in the order of `names`, as many of them as fit.
  init(_ results: [ImportanceResult], names: [String]) {
    self.results = results
    let lineHeight = Self.lineHeight(runs: results.count)
    let shown = min(names.count, max(Int(Self.most / lineHeight), 10))
    self.names = Array(names.prefix(shown))
    omitted = names.count - shown
    shades = Palette.shades(results.map(\.run.paradigm))
    let widest = self.names.map { TextWidth.estimate($0, size: 12) }.max() ?? 0
    nameSpace = min(widest, 140) + 14
    metrics = [
      Panel(title: "AUC lost") { $0.auc }, Panel(title: "Logloss lost") { $0.logloss },
    ].filter { panel in results.contains { $0.fields.contains { panel.loss($0) != nil } } }
  }

  private static func lineHeight(runs: Int) -> Double { runs == 1 ? 18 : 9 * Double(runs) + 8 }

  private var lineHeight: Double { Self.lineHeight(runs: results.count) }
  private var bottom: Double { Self.top + Double(names.count) * lineHeight + 4 }
  private var listed: Int { results.count > 1 ? results.count : 0 }
  private var height: Double { bottom + 30 + (omitted > 0 ? 20 : 0) + Double(listed * 20) }

  /// The chart as an SVG document.
  var svg: String {
    var drawing = Drawing(
      id: "importance", width: Self.width, height: height, title: "Importance of the fields",
      description: description, shades: shades)
    drawing.paradigmKey(results.map(\.run.paradigm), x: nameSpace, y: 18, sample: .mark)
    let fitted = RunLabels.fitted(names, size: 12, limit: nameSpace - 12)
    for (line, name) in fitted.enumerated() {
      drawing.text(
        name, nameSpace - 8, centre(line) + 4,
        "small", anchor: .end)
    }
    let gaps = Self.gap * Double(metrics.count - 1)
    let panel = (Self.width - nameSpace - gaps - Self.margin) / Double(metrics.count)
    for (index, metric) in metrics.enumerated() {
      draw(metric, left: nameSpace + Double(index) * (panel + Self.gap), width: panel, on: &drawing)
    }
    drawNotes(on: &drawing)
    return drawing.svg
  }

  private var description: String {
    results.map { result in
      let fields = result.ranked.prefix(5).map { field in
        "\(field.name) (AUC \(text(field.auc)), Logloss \(text(field.logloss)))"
      }
      return "\(result.run.name) loses most without \(fields.joined(separator: ", "))."
    }.joined(separator: " ")
  }

  private func text(_ loss: PermutationLoss?) -> String {
    loss.map {
      "\(NumberFormat.fixed($0.estimate.value, 5)), between "
        + "\(NumberFormat.fixed($0.estimate.lower, 5)) and "
        + NumberFormat.fixed($0.estimate.upper, 5)
    } ?? "undefined"
  }

  private func centre(_ line: Int) -> Double { Self.top + (Double(line) + 0.5) * lineHeight }

  /// The height of a run's mark in a line.
  private func y(_ line: Int, run: Int) -> Double {
    centre(line) + 9 * (Double(run) - Double(results.count - 1) / 2)
  }

  private func draw(_ metric: Panel, left: Double, width: Double, on drawing: inout Drawing) {
    let lines = results.map { result in
      names.map { name in result.fields.first { $0.name == name }.flatMap(metric.loss) }
    }
    let known = lines.flatMap { $0.compactMap { $0?.estimate } }
    let low = min(known.map(\.lower).min() ?? 0, 0)
    let high = max(known.map(\.upper).max() ?? 0, 0)
    let panel = IntervalPanel(
      metric.title, .init(left: left, width: width, top: Self.top, bottom: bottom), low: low,
      high: high, ticks: 3)
    panel.draw(on: &drawing)
    let x = panel.x
    for line in names.indices {
      drawing.line("grid", left, centre(line), left + width, centre(line))
    }
    drawing.line("axis", x(0), Self.top, x(0), bottom)
    for (run, losses) in lines.enumerated() {
      for (line, loss) in losses.enumerated() {
        guard let loss else { continue }
        let y = y(line, run: run)
        drawing.line("curve c\(run)", x(loss.estimate.lower), y, x(loss.estimate.upper), y)
        drawing.mark(
          results[run].run.paradigm, "c\(run)", x(loss.estimate.value), y, radius: 3.4,
          tip: "\(names[line]), \(results[run].run.name): \(text(loss))")
      }
    }
  }

  /// Adds the number of fields without a line, and the names of several runs.
  private func drawNotes(on drawing: inout Drawing) {
    var y = bottom + 40
    if omitted > 0 {
      let fields =
        omitted == 1 ? "1 less important field has" : "\(omitted) less important fields have"
      drawing.text("\(fields) no line.", nameSpace, y, "quiet small")
      y += 20
    }
    guard listed > 0 else { return }
    let labels = RunLabels.fitted(
      results.map(\.run.name), size: 14, limit: Self.width - nameSpace - 30)
    for (index, result) in results.enumerated() {
      drawing.mark(result.run.paradigm, "c\(index)", nameSpace + 6, y - 5, tip: result.run.name)
      drawing.text(
        labels[index],
        nameSpace + 18, y)
      y += 20
    }
  }
}
