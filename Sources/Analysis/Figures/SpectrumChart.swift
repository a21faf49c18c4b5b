import LinearAlgebra
import Models

/// The log spectra of several runs as one SVG line chart.
///
/// Discriminative runs are dashed, generative ones solid. Each curve is labelled at its right end,
/// or below the chart if the labels are too many or too long. Values that are zero within rounding
/// errors are drawn at the upper edge of a shaded area; a dashed line shows the attainable rank.
struct SpectrumChart {
  /// One run's curve.
  struct Curve {
    let label: String
    let paradigm: Paradigm
    let shade: Palette.Shade
    /// `ln(σ/max σ)` by rank; negative infinity for zeros.
    let logs: [Double]
    /// The logarithm up to which a value is zero within rounding errors.
    let rounding: Double
    /// The largest rank that the rows allow.
    let attainable: Int

    /// The logarithms as drawn: none below the rounding errors.
    var drawn: [Double] { logs.map { max($0, rounding) } }
    /// Whether values are zero within rounding errors.
    var hasZeros: Bool { logs.contains { $0 <= rounding } }
  }

  private let id: String
  private let title: String
  private let curves: [Curve]
  let layout: SpectrumLayout

  init(id: String, title: String, _ curves: [Curve]) {
    self.id = id
    self.title = title
    self.curves = curves
    layout = SpectrumLayout(curves)
  }

  /// The chart as an SVG document.
  var svg: String {
    var drawing = Drawing(
      id: id, width: layout.width, height: layout.height, title: title, description: description,
      shades: curves.map(\.shade))
    drawRounding(on: &drawing)
    drawGrid(on: &drawing)
    drawAttainable(on: &drawing)
    for index in curves.indices {
      drawing.path(
        "curve c\(index) \(curves[index].paradigm.rawValue)",
        layout.points(of: curves[index].drawn))
    }
    drawAxes(on: &drawing)
    drawNames(on: &drawing)
    drawing.paradigmKey(
      curves.map(\.paradigm), x: layout.left + 2, y: layout.top - 12, sample: .line)
    return drawing.svg
  }

  /// A text alternative: where each curve ends.
  private var description: String {
    "Natural logarithm of each singular value over the largest, by rank. "
      + curves.map { curve in
        let zeros = curve.logs.count { $0 <= curve.rounding }
        return
          "\(curve.label) (\(curve.paradigm.rawValue)): \(curve.logs.count) values, "
          + "\(curve.attainable) attainable, the smallest at \(NumberFormat.fixed(curve.drawn.last, 2))"
          + (zeros > 0 ? ", and \(zeros) zero within rounding errors." : ".")
      }.joined(separator: " ")
  }

  /// Shades what is zero within rounding errors.
  private func drawRounding(on drawing: inout Drawing) {
    guard let edge = layout.roundingEdge else { return }
    drawing.box(
      "shaded", layout.left, edge, layout.right - layout.left, layout.bottom - edge)
    drawing.text(
      "zero within rounding errors", layout.left + 8, layout.bottom - 5, "quiet small")
  }

  /// A dashed line at each bound of the rank below the number of dimensions.
  private func drawAttainable(on drawing: inout Drawing) {
    let bounds = Set(curves.filter { $0.attainable < $0.logs.count }.map(\.attainable)).sorted()
    for (index, bound) in bounds.prefix(3).enumerated() {
      let x = layout.x(Double(max(bound, 1)))
      drawing.line("bound", x, layout.top, x, layout.bottom)
      drawing.text(
        "attainable: \(bound)", x - 5, layout.top + 14 + Double(index) * 15, "quiet small",
        anchor: .end)
    }
  }

  private func drawGrid(on drawing: inout Drawing) {
    for tick in layout.yTicks {
      drawing.line("grid", layout.left, layout.y(tick), layout.right, layout.y(tick))
    }
    for tick in layout.xTicks {
      drawing.line("grid", layout.x(tick), layout.top, layout.x(tick), layout.bottom)
    }
  }

  private func drawAxes(on drawing: inout Drawing) {
    for tick in layout.xTicks {
      drawing.text(
        NumberFormat.tick(tick, step: layout.xStep), layout.x(tick), layout.bottom + 19,
        anchor: .middle)
    }
    for tick in layout.yTicks {
      drawing.text(
        NumberFormat.tick(tick, step: layout.yStep), layout.left - 8, layout.y(tick) + 5,
        anchor: .end)
    }
    drawing.path(
      "axis",
      [(layout.left, layout.top), (layout.left, layout.bottom), (layout.right, layout.bottom)])
    drawing.text(
      "Singular value index", (layout.left + layout.right) / 2, layout.bottom + 40,
      anchor: .middle)
    drawing.text(
      "Log of normalized singular value", 17, (layout.top + layout.bottom) / 2, anchor: .middle,
      upwards: true)
  }

  /// Labels each curve at its end, or below the chart.
  private func drawNames(on drawing: inout Drawing) {
    for name in layout.names {
      if let end = name.curveEnd {
        drawing.path(
          "leader c\(name.curve)",
          [(end.x + 2, end.y), (layout.right + 8, end.y), (name.x - 4, name.y - 5)])
      } else {
        drawing.line(
          "curve c\(name.curve) \(curves[name.curve].paradigm.rawValue)", name.x - 36, name.y - 5,
          name.x - 8, name.y - 5)
      }
      drawing.text(name.text, name.x, name.y)
    }
  }
}

/// The positions of all parts of a spectrum chart.
struct SpectrumLayout {
  /// The label of one curve.
  struct Name {
    let curve: Int
    let text: String
    let x: Double
    let y: Double
    /// The end of the curve that the label is beside; nil if it is below the chart.
    let curveEnd: (x: Double, y: Double)?
  }

  let width = 480.0
  let height: Double
  let left = 58.0
  let right: Double
  let top = 34.0
  let bottom = 292.0
  let xTicks: [Double]
  let xStep: Double
  let yTicks: [Double]
  let yStep: Double
  private(set) var names: [Name] = []

  private static let fontSize = 14.0
  private static let lineHeight = 17.0
  private static let widestName = 132.0
  private let lastRank: Double
  private let floor: Double
  /// The upper edge of what is zero within rounding errors; nil where nothing is.
  private(set) var roundingEdge: Double?

  init(_ curves: [SpectrumChart.Curve]) {
    lastRank = Double(max(curves.map(\.logs.count).max() ?? 1, 2))
    let lowest = curves.flatMap(\.drawn).min() ?? 0
    yStep = Ticks.step(max(-lowest, 0.1), count: 6)
    let rounding = curves.filter(\.hasZeros).map(\.rounding).max()
    // The shaded area is high enough for its name.
    let lowestShown = rounding.map { min(lowest, $0 * 1.09) } ?? lowest
    floor = rounding == nil ? min((lowest / yStep).rounded(.down), -1) * yStep : lowestShown
    yTicks = Ticks.round(floor, 0, count: 6)
    let widths = curves.map { TextWidth.estimate($0.label, size: Self.fontSize) }
    let beside =
      (widths.max() ?? 0) <= Self.widestName
      && Double(curves.count) * Self.lineHeight <= bottom - top
    right = beside ? width - (widths.max() ?? 0) - 30 : width - 18
    xStep = max(1, Ticks.step(lastRank, count: 8))
    xTicks = stride(from: 0, through: lastRank, by: xStep).filter { $0 >= 1 }
    let perLine = max(1, Int((width - 20) / ((widths.max() ?? 0) + 60)))
    let lines = beside ? 0 : (curves.count + perLine - 1) / perLine
    height = bottom + 52 + Double(lines) * (Self.lineHeight + 3)
    roundingEdge = rounding.map { y($0) }
    names = beside ? besideEnds(curves) : below(curves, columns: perLine)
  }

  /// The horizontal position of a rank.
  func x(_ rank: Double) -> Double { left + (right - left) * (rank - 1) / (lastRank - 1) }

  /// The points of a curve.
  func points(of logs: [Double]) -> [(x: Double, y: Double)] {
    logs.enumerated().map { (x(Double($0 + 1)), y($1)) }
  }

  /// The vertical position of a logarithm, clamped to the floor.
  func y(_ log: Double) -> Double { top + (bottom - top) * max(log, floor) / floor }

  /// Labels to the right of the curves' ends, pushed apart where ends are close.
  private func besideEnds(_ curves: [SpectrumChart.Curve]) -> [Name] {
    let ends = curves.map { (x: x(Double($0.logs.count)), y: y($0.drawn.last ?? floor)) }
    let order = curves.indices.sorted { (ends[$0].y, $0) < (ends[$1].y, $1) }
    var places = order.map { ends[$0].y + 5 }
    for index in places.indices.dropFirst() {
      places[index] = max(places[index], places[index - 1] + Self.lineHeight)
    }
    // Labels pushed below the chart push the others back up.
    var limit = bottom + 5
    for index in places.indices.reversed() {
      places[index] = min(places[index], limit)
      limit = places[index] - Self.lineHeight
    }
    return order.indices.map { place in
      Name(
        curve: order[place], text: curves[order[place]].label, x: right + 20, y: places[place],
        curveEnd: ends[order[place]])
    }
  }

  /// Labels in columns below the horizontal axis.
  private func below(_ curves: [SpectrumChart.Curve], columns: Int) -> [Name] {
    let pitch = (width - 20) / Double(columns)
    let labels = RunLabels.fitted(
      curves.map(\.label), size: Self.fontSize, limit: pitch - 58)
    return curves.indices.map { index in
      Name(
        curve: index, text: labels[index],
        x: 10 + Double(index % columns) * pitch + 44,
        y: bottom + 52 + Double(index / columns) * (Self.lineHeight + 3) + 12, curveEnd: nil)
    }
  }
}
