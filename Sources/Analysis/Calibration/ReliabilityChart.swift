import Glibc
import Models

/// A reliability diagram: the click rate of rows over their mean prediction, bin by bin.
///
/// Points on the diagonal are calibrated. Both axes have one scale, logarithmic where most
/// predictions are far below the largest ones.
struct ReliabilityChart {
  private let curves: [ReliabilityCurve]
  private let plot: Plot
  private let shade: Palette.Shade

  private static let width = 480.0

  init(_ curves: [ReliabilityCurve], paradigm: Paradigm) {
    self.curves = curves
    let axis = Self.axis(of: curves.flatMap(\.bins))
    plot = Plot(left: 66, right: 456, top: 16, bottom: 366, x: axis, y: axis)
    shade = Palette.shade(paradigm, 0)
  }

  private static func axis(of bins: [ReliabilityCurve.Bin]) -> Axis {
    let predicted = bins.map(\.predicted).sorted()
    let highest = max(bins.map { max($0.predicted, $0.upper) }.max() ?? 1, 1e-9)
    guard let largest = predicted.last, predicted[predicted.count / 2] < largest / 6 else {
      let step = Ticks.step(highest, count: 5)
      return .linear(0, min((highest / step).rounded(.up) * step, 1), count: 5)
    }
    let rates = bins.flatMap { [$0.predicted, $0.observed] }.filter { $0 > 0 }
    return .logarithmic((rates.min() ?? 1e-9) * 0.7, min(highest * 1.1, 1))
  }

  private var height: Double { plot.bottom + 54 + Double(curves.count) * 20 }

  /// The chart as an SVG document.
  var svg: String {
    var drawing = Drawing(
      id: "reliability", width: Self.width, height: height, title: "Reliability of the predictions",
      description: description, shades: [shade])
    plot.drawGrid(on: &drawing)
    plot.drawAxes(on: &drawing, x: "Predicted click rate", y: "Observed click rate")
    drawing.line("axis", plot.left, plot.bottom, plot.right, plot.top)
    for index in curves.indices { draw(index, on: &drawing) }
    for (index, curve) in curves.enumerated() {
      let y = plot.bottom + 64 + Double(index) * 20
      mark(index, plot.left + 6, y - 5, tip: curve.label, on: &drawing)
      drawing.text(
        TextWidth.fitted(curve.label, size: 14, limit: plot.right - plot.left - 18),
        plot.left + 18, y)
    }
    return drawing.svg
  }

  private var description: String {
    curves.map { curve in
      let bins = [curve.bins.first, curve.bins.last].compactMap { $0 }.map(text)
      return "\(curve.label): \(curve.bins.count) bins, from \(bins.joined(separator: " to "))."
    }.joined(separator: " ")
  }

  private func text(_ bin: ReliabilityCurve.Bin) -> String {
    "a predicted rate of \(NumberFormat.short(bin.predicted)) and an observed one of "
      + "\(NumberFormat.short(bin.observed)) (\(NumberFormat.short(bin.lower)) … "
      + "\(NumberFormat.short(bin.upper)))"
  }

  private func x(_ rate: Double) -> Double { plot.x(rate) }
  private func y(_ rate: Double) -> Double { plot.y(rate) }

  /// Draws the intervals of a curve's bins, and their marks above them.
  ///
  /// The last curve is in colour and connected, others are grey and hollow.
  private func draw(_ index: Int, on drawing: inout Drawing) {
    let bins = curves[index].bins
    if isLast(index) {
      drawing.path("leader c0", bins.map { (x($0.predicted), y($0.observed)) })
    }
    for bin in bins {
      drawing.line(
        "mark \(colour(index))", x(bin.predicted), y(bin.lower), x(bin.predicted), y(bin.upper))
    }
    for bin in bins {
      mark(
        index, x(bin.predicted), y(bin.observed),
        tip: "\(curves[index].label): \(text(bin)), \(bin.rows) rows", on: &drawing)
    }
  }

  private func isLast(_ index: Int) -> Bool { index == curves.count - 1 }
  private func colour(_ index: Int) -> String { isLast(index) ? "c0" : "key" }

  private func mark(
    _ index: Int, _ x: Double, _ y: Double, tip: String, on drawing: inout Drawing
  ) {
    let fill = isLast(index) ? "full" : "hollow"
    drawing.disc("mark \(fill) \(colour(index))", x, y, radius: 3.6, tip: tip)
  }
}
