/// The positions of all parts of a chart of curves.
struct CurveLayout {
  let width: Double
  let height: Double
  let plots: [Plot]
  /// One curve per label.
  let labelled: [CurveChart.Curve]
  let names: [CurveLabels.Name]
  private let across: Int

  /// The axes of a single panel, and of each of several.
  private static let single = (width: 480.0, height: 258.0)
  private static let small = (width: 232.0, height: 176.0, gap: 26.0, lineHeight: 62.0)
  private static let top = 34.0

  init(_ chart: CurveChart) {
    var seen: Set<String> = []
    let labelled = chart.panels.flatMap(\.curves).filter { seen.insert($0.label).inserted }
    let space = Plot.leftSpace(chart.y)
    let isSingle = chart.panels.count == 1
    across = isSingle ? 1 : chart.panels.count == 2 || chart.panels.count == 4 ? 2 : 3
    let small = Self.small
    width =
      isSingle
      ? Self.single.width
      : space + Double(across) * small.width + Double(across - 1) * small.gap + 20
    let labels = CurveLabels(
      labelled.map(\.label), width: width,
      plotHeight: isSingle ? Self.single.height : small.height,
      mayBeBeside: isSingle && chart.form != .marks)
    let columns = across
    plots = chart.panels.enumerated().map { index, panel in
      guard !isSingle else {
        return Plot(
          left: space, right: Self.single.width - (labels.besideSpace ?? 18), top: Self.top,
          bottom: Self.top + Self.single.height, x: panel.x, y: chart.y)
      }
      let left = space + Double(index % columns) * (small.width + small.gap)
      let top = Self.top + 24 + Double(index / columns) * (small.height + small.lineHeight + 20)
      return Plot(
        left: left, right: left + small.width, top: top, bottom: top + small.height, x: panel.x,
        y: chart.y)
    }
    let bottom = (plots.map(\.bottom).max() ?? 0) + 52
    height = bottom + labels.heightBelow
    self.labelled = labelled
    guard labels.besideSpace != nil, let plot = plots.first else {
      names = labels.below(bottom)
      return
    }
    names = labels.beside(
      plot,
      ends: labelled.map { curve in
        let end = curve.points.last
        return (
          curve.isReference ? plot.right : plot.x(end?.x ?? 0), plot.y(end?.y ?? 0)
        )
      })
  }

  /// Whether a panel begins a line of panels, whose vertical axis is then labelled.
  func isFirstOfLine(_ panel: Int) -> Bool { panel % across == 0 }
}
