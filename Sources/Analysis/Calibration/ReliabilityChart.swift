import Glibc
import Models

/// A reliability diagram: the click rate of rows over their mean prediction, bin by bin.
///
/// Points on the diagonal are calibrated. Both axes have one scale, logarithmic where most
/// predictions are far below the largest ones.
struct ReliabilityChart {
  private let curves: [ReliabilityCurve]
  private let scale: Scale
  private let shade: Palette.Shade

  private static let width = 480.0
  private let left = 66.0
  private let right = 456.0
  private let top = 16.0
  private let bottom = 366.0

  /// How rates are placed along an axis, from 0 to 1.
  private enum Scale {
    case linear(upper: Double)
    case logarithmic(lower: Double, upper: Double)

    func place(_ rate: Double) -> Double {
      switch self {
      case .linear(let upper): min(max(rate / upper, 0), 1)
      case .logarithmic(let lower, let upper):
        min(max(log(max(rate, lower) / lower) / log(upper / lower), 0), 1)
      }
    }

    var ticks: [Double] {
      switch self {
      case .linear(let upper): return Ticks.round(0, upper, count: 5)
      case .logarithmic(let lower, let upper):
        let factors: [Double] = upper / lower < 300 ? [1, 2, 5] : [1]
        let decades = Int(log10(lower).rounded(.down))...Int(log10(upper).rounded(.up))
        let inside = lower * (1 - 1e-9)...upper * (1 + 1e-9)
        return decades.flatMap { decade in
          factors.map { factor in factor * pow(10, Double(decade)) }
        }.filter(inside.contains)
      }
    }

    func label(_ tick: Double) -> String {
      switch self {
      case .linear(let upper): NumberFormat.tick(tick, step: Ticks.step(upper, count: 5))
      case .logarithmic: NumberFormat.tick(tick, step: pow(10, log10(tick * 1.001).rounded(.down)))
      }
    }
  }

  init(_ curves: [ReliabilityCurve], paradigm: Paradigm) {
    self.curves = curves
    scale = Self.scale(of: curves.flatMap(\.bins))
    shade = Palette.shade(paradigm, 0)
  }

  private static func scale(of bins: [ReliabilityCurve.Bin]) -> Scale {
    let predicted = bins.map(\.predicted).sorted()
    let highest = max(bins.map { max($0.predicted, $0.upper) }.max() ?? 1, 1e-9)
    guard let largest = predicted.last, predicted[predicted.count / 2] < largest / 6 else {
      let step = Ticks.step(highest, count: 5)
      return .linear(upper: min((highest / step).rounded(.up) * step, 1))
    }
    let rates = bins.flatMap { [$0.predicted, $0.observed] }.filter { $0 > 0 }
    return .logarithmic(lower: (rates.min() ?? 1e-9) * 0.7, upper: min(highest * 1.1, 1))
  }

  private var height: Double { bottom + 54 + Double(curves.count) * 20 }

  /// The chart as an SVG document.
  var svg: String {
    var drawing = Drawing(
      id: "reliability", width: Self.width, height: height, title: "Reliability of the predictions",
      description: description, shades: [shade])
    drawAxes(on: &drawing)
    for index in curves.indices { draw(index, on: &drawing) }
    for (index, curve) in curves.enumerated() {
      let y = bottom + 64 + Double(index) * 20
      mark(index, left + 6, y - 5, tip: curve.label, on: &drawing)
      drawing.text(TextWidth.fitted(curve.label, size: 14, limit: right - left - 18), left + 18, y)
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

  private func x(_ rate: Double) -> Double { left + (right - left) * scale.place(rate) }
  private func y(_ rate: Double) -> Double { bottom - (bottom - top) * scale.place(rate) }

  private func drawAxes(on drawing: inout Drawing) {
    for tick in scale.ticks {
      drawing.line("grid", x(tick), top, x(tick), bottom)
      drawing.line("grid", left, y(tick), right, y(tick))
      drawing.text(scale.label(tick), x(tick), bottom + 19, anchor: .middle)
      drawing.text(scale.label(tick), left - 8, y(tick) + 5, anchor: .end)
    }
    drawing.path("axis", [(left, top), (left, bottom), (right, bottom)])
    drawing.line("axis", left, bottom, right, top)
    drawing.text("Predicted click rate", (left + right) / 2, bottom + 40, anchor: .middle)
    drawing.text("Observed click rate", 17, (top + bottom) / 2, anchor: .middle, upwards: true)
  }

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
