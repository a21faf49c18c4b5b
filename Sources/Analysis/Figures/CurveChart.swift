import Models

/// Curves or marks of several runs in one panel, or in several panels with one vertical axis.
///
/// Discriminative runs are dashed or hollow, generative ones solid or filled. A single panel labels
/// its curves at their ends; several share the labels below them.
struct CurveChart {
  /// A number with what it varies by.
  struct Point {
    let x: Double
    let y: Double
    /// The ends of its bar, or of the band around the curve.
    var range: ClosedRange<Double>?
    /// The numbers of single seeds.
    var singles: [Double] = []
    var tip = ""
  }

  /// The points of one or more runs.
  struct Curve {
    let label: String
    let paradigm: Paradigm
    /// The index of its colour.
    let shade: Int
    let points: [Point]
    /// A value without a horizontal position is drawn as a line across the panel.
    var isReference = false
  }

  /// Some curves on one horizontal axis.
  struct Panel {
    let title: String?
    let xTitle: String
    let x: Axis
    let curves: [Curve]
    var annotations: [Annotation] = []
  }

  /// How points are drawn.
  enum Form: Equatable {
    /// A line with a band.
    case lines
    /// Connected marks with bars.
    case connectedMarks
    /// Marks alone.
    case marks
  }

  /// What is drawn beside the curves.
  enum Annotation: Equatable {
    /// A shaded area below a number.
    case below(Double, text: String)
    /// A dashed vertical line.
    case bound(Double, text: String)
  }

  let id: String
  let title: String
  let description: String
  let yTitle: String
  let y: Axis
  let panels: [Panel]
  let shades: [Palette.Shade]
  var form = Form.lines

  var layout: CurveLayout { CurveLayout(self) }

  /// The chart as an SVG document.
  var svg: String {
    let layout = layout
    var drawing = Drawing(
      id: id, width: layout.width, height: layout.height, title: title, description: description,
      shades: shades)
    for (index, panel) in panels.enumerated() {
      let plot = layout.plots[index]
      drawAreas(panel.annotations, plot, on: &drawing)
      plot.drawGrid(on: &drawing)
      drawNames(of: panel.annotations, plot, on: &drawing)
      drawBounds(panel.annotations, plot, on: &drawing)
      draw(panel, plot, on: &drawing)
      plot.drawAxes(
        on: &drawing, x: panel.xTitle, y: layout.isFirstOfLine(index) ? yTitle : nil)
      if let title = panel.title {
        drawing.text(
          TextWidth.fitted(title, size: 14, limit: plot.right - plot.left + 14),
          (plot.left + plot.right) / 2, plot.top - 10, "strong", anchor: .middle)
      }
    }
    drawNames(layout, on: &drawing)
    drawing.paradigmKey(
      panels.flatMap { $0.curves.map(\.paradigm) }, x: layout.plots[0].left + 2, y: 22,
      sample: form == .lines ? .line : .mark)
    return drawing.svg
  }

  private func drawAreas(
    _ annotations: [Annotation], _ plot: Plot, on drawing: inout Drawing
  ) {
    for case .below(let edge, _) in annotations {
      drawing.box(
        "shaded", plot.left, plot.y(edge), plot.right - plot.left, plot.bottom - plot.y(edge))
    }
  }

  /// The names of areas, above the grid, which a halo keeps off the letters.
  private func drawNames(
    of annotations: [Annotation], _ plot: Plot, on drawing: inout Drawing
  ) {
    for case .below(_, let text) in annotations {
      drawing.text(text, plot.left + 8, plot.bottom - 5, "quiet small halo")
    }
  }

  private func drawBounds(
    _ annotations: [Annotation], _ plot: Plot, on drawing: inout Drawing
  ) {
    var line = 0.0
    for case .bound(let bound, let text) in annotations {
      drawing.line("bound", plot.x(bound), plot.top, plot.x(bound), plot.bottom)
      let isNearLeft = plot.x(bound) - TextWidth.estimate(text, size: 12) - 5 < plot.left
      drawing.text(
        text, plot.x(bound) + (isNearLeft ? 5 : -5), plot.top + 14 + line * 15, "quiet small halo",
        anchor: isNearLeft ? .start : .end)
      line += 1
    }
  }

  private func draw(_ panel: Panel, _ plot: Plot, on drawing: inout Drawing) {
    let shifts = shifts(panel)
    for (curve, shift) in zip(panel.curves, shifts) {
      drawRange(of: curve, shiftedBy: shift, plot, on: &drawing)
    }
    let turns = coincidence(panel, plot)
    for (index, curve) in panel.curves.enumerated() {
      let turn = turns[index]
      let points = positions(curve, plot).map { (x: $0.x + shifts[index], y: $0.y) }
      if form != .marks || curve.isReference, points.count > 1 {
        drawing.curve(
          "curve c\(curve.shade) \(curve.paradigm.rawValue)", points, turn: turn.index,
          of: turn.count)
      }
      guard !curve.isReference, form != .lines || points.count == 1 else { continue }
      for (point, place) in zip(curve.points, points) {
        for single in point.singles where point.singles.count > 1 {
          drawing.disc(
            "single c\(curve.shade)", place.x, plot.y(single), radius: 1.8, tip: point.tip)
        }
        drawing.mark(curve.paradigm, "c\(curve.shade)", place.x, place.y, tip: point.tip)
      }
    }
  }

  /// How far marks at one number are set aside, so that none hides the bar of another.
  private func shifts(_ panel: Panel) -> [Double] {
    let marked = panel.curves.indices.filter { !panel.curves[$0].isReference }
    guard form == .connectedMarks, marked.count > 1 else { return panel.curves.map { _ in 0 } }
    let pitch = min(6, 24 / Double(marked.count))
    return panel.curves.indices.map { index in
      marked.firstIndex(of: index).map { pitch * (Double($0) - Double(marked.count - 1) / 2) } ?? 0
    }
  }

  /// Draws the band around a line, or the bars of marks.
  private func drawRange(
    of curve: Curve, shiftedBy shift: Double, _ plot: Plot, on drawing: inout Drawing
  ) {
    let ranged = curve.points.compactMap { point in point.range.map { (x: point.x, range: $0) } }
    if curve.isReference, let range = ranged.first?.range {
      drawing.area(
        "band c\(curve.shade)",
        [plot.left, plot.right].map { ($0, plot.y(range.upperBound)) }
          + [plot.right, plot.left].map { ($0, plot.y(range.lowerBound)) })
    } else if form == .lines, ranged.count > 1 {
      drawing.area(
        "band c\(curve.shade)",
        ranged.map { (plot.x($0.x), plot.y($0.range.upperBound)) }
          + ranged.reversed().map { (plot.x($0.x), plot.y($0.range.lowerBound)) })
    } else {
      for (x, range) in ranged {
        drawing.line(
          "bar c\(curve.shade)", plot.x(x) + shift, plot.y(range.lowerBound), plot.x(x) + shift,
          plot.y(range.upperBound))
      }
    }
  }

  /// The positions of a curve's points in a drawing.
  private func positions(_ curve: Curve, _ plot: Plot) -> [(x: Double, y: Double)] {
    guard !curve.isReference else {
      return [plot.left, plot.right].map { ($0, plot.y(curve.points[0].y)) }
    }
    return curve.points.map { (plot.x($0.x), plot.y($0.y)) }
  }

  /// Which of how many curves at the same positions each curve is: they take turns along the line.
  private func coincidence(_ panel: Panel, _ plot: Plot) -> [(index: Int, count: Int)] {
    let places = panel.curves.map { place($0, plot) }
    return places.indices.map { index in
      (places[..<index].count { $0 == places[index] }, places.count { $0 == places[index] })
    }
  }

  /// The positions of a curve's points in whole units: curves closer than that hide one another.
  private func place(_ curve: Curve, _ plot: Plot) -> [[Double]] {
    positions(curve, plot).map { [$0.x.rounded(), $0.y.rounded()] }
  }

  /// Which curves are drawn at the same positions, as a sentence; nil if none are.
  var coincidenceNote: String? {
    var groups: [String] = []
    for (panel, plot) in zip(panels, layout.plots) {
      let same = Dictionary(grouping: panel.curves.indices) { place(panel.curves[$0], plot) }
      groups += same.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }.map { indices in
        (panel.title.map { "\($0): " } ?? "")
          + indices.map { panel.curves[$0].label }.joined(separator: " and ")
      }
    }
    guard !groups.isEmpty, form != .marks else { return nil }
    return "Curves that coincide take turns along one line: \(groups.joined(separator: "; "))."
  }

  /// Labels each curve at its end, or below the chart.
  private func drawNames(_ layout: CurveLayout, on drawing: inout Drawing) {
    for name in layout.names {
      let curve = layout.labelled[name.curve]
      if let end = name.curveEnd {
        drawing.path(
          "leader c\(curve.shade)",
          [(end.x + 2, end.y), (layout.plots[0].right + 8, end.y), (name.x - 4, name.y - 5)])
      } else if form == .lines || curve.isReference {
        drawing.line(
          "curve c\(curve.shade) \(curve.paradigm.rawValue)", name.x - 36, name.y - 5,
          name.x - 8, name.y - 5)
      } else {
        drawing.mark(curve.paradigm, "c\(curve.shade)", name.x - 14, name.y - 5, tip: name.text)
      }
      drawing.text(name.text, name.x, name.y)
    }
  }
}
