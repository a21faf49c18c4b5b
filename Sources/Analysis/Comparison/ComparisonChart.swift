import Models

/// AUC and Logloss of several runs side by side, each with its 95 % interval: one line per run.
struct ComparisonChart {
  private let comparison: Comparison
  private let shades: [Palette.Shade]
  private let nameSpace: Double

  private static let width = 480.0
  private static let top = 56.0
  private static let lineHeight = 26.0
  private static let gap = 26.0

  init(_ comparison: Comparison) {
    self.comparison = comparison
    shades = Palette.shades(comparison.runs.map(\.run.paradigm))
    let widest = comparison.runs.map { TextWidth.estimate($0.run.name, size: 14) }.max() ?? 0
    nameSpace = min(widest, 150) + 16
  }

  private var bottom: Double { Self.top + Double(comparison.runs.count) * Self.lineHeight + 6 }

  /// The chart as an SVG document.
  var svg: String {
    var drawing = Drawing(
      id: "comparison", width: Self.width, height: bottom + 34, title: "AUC and Logloss",
      description: description, shades: shades)
    drawing.paradigmKey(comparison.runs.map(\.run.paradigm), x: nameSpace, y: 18, sample: .mark)
    let names = RunLabels.fitted(
      comparison.runs.map(\.run.name), size: 14, limit: nameSpace - 14)
    for index in comparison.runs.indices {
      drawing.text(
        names[index], nameSpace - 10,
        y(index) + 5, anchor: .end)
    }
    let panel = (Self.width - nameSpace - Self.gap - 14) / 2
    draw("AUC", comparison.runs.map(\.auc), left: nameSpace, width: panel, on: &drawing)
    draw(
      "Logloss", comparison.runs.map(\.logloss), left: nameSpace + panel + Self.gap, width: panel,
      on: &drawing)
    return drawing.svg
  }

  private var description: String {
    comparison.runs.map { judged in
      "\(judged.run.name) (\(judged.run.paradigm.rawValue)): AUC \(text(judged.auc)), Logloss "
        + "\(text(judged.logloss))."
    }.joined(separator: " ")
  }

  private func text(_ estimate: Comparison.Estimate?) -> String {
    estimate.map {
      "\(NumberFormat.fixed($0.value, 4)), between \(NumberFormat.fixed($0.lower, 4)) and "
        + NumberFormat.fixed($0.upper, 4)
    } ?? "undefined"
  }

  private func y(_ index: Int) -> Double { Self.top + (Double(index) + 0.5) * Self.lineHeight }

  private func draw(
    _ title: String, _ estimates: [Comparison.Estimate?], left: Double, width: Double,
    on drawing: inout Drawing
  ) {
    let known = estimates.compactMap(\.self)
    guard let low = known.map(\.lower).min(), let high = known.map(\.upper).max() else { return }
    let panel = IntervalPanel(
      title, .init(left: left, width: width, top: Self.top, bottom: bottom), low: low, high: high,
      ticks: 3)
    panel.draw(on: &drawing)
    let x = panel.x
    for (index, estimate) in estimates.enumerated() {
      guard let estimate else { continue }
      let run = comparison.runs[index].run
      drawing.line("curve c\(index)", x(estimate.lower), y(index), x(estimate.upper), y(index))
      drawing.mark(
        run.paradigm, "c\(index)", x(estimate.value), y(index),
        tip: "\(run.name): \(text(estimate))")
    }
  }
}
