import LinearAlgebra
import Models

/// The log spectra of several runs as one SVG line chart.
///
/// Values that are zero within rounding errors are drawn at the upper edge of a shaded area; a
/// dashed line shows the attainable rank.
struct SpectrumChart {
  /// One run's curve, or the mean of several.
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
    /// What each logarithm varies by.
    var deviations: [Double]?

    /// The logarithms as drawn: none below the rounding errors.
    var drawn: [Double] { logs.map { max($0, rounding) } }
    /// Whether values are zero within rounding errors.
    var hasZeros: Bool { logs.contains { $0 <= rounding } }

    fileprivate func curve(shade: Int) -> CurveChart.Curve {
      CurveChart.Curve(
        label: label, paradigm: paradigm, shade: shade,
        points: drawn.enumerated().map { rank, log in
          let range = deviations.map { max(log - $0[rank], rounding)...min(log + $0[rank], 0) }
          return CurveChart.Point(x: Double(rank + 1), y: log, range: range)
        })
    }
  }

  /// Some curves under one title.
  struct Panel {
    let title: String?
    let curves: [Curve]
  }

  private let panels: [Panel]
  private let id: String
  private let title: String
  private var curves: [Curve] { panels.flatMap(\.curves) }

  init(id: String, title: String, _ curves: [Curve]) {
    self.init(id: id, title: title, panels: [Panel(title: nil, curves: curves)])
  }

  init(id: String, title: String, panels: [Panel]) {
    (self.id, self.title, self.panels) = (id, title, panels)
  }

  /// The chart as an SVG document.
  var svg: String { chart.svg }

  /// The curves on their axes.
  var chart: CurveChart {
    let last = Double(max(curves.map(\.logs.count).max() ?? 1, 2))
    let x = Axis.whole(1, last, count: panels.count == 1 ? 8 : 5)
    let rounding = curves.filter(\.hasZeros).map(\.rounding).max()
    let area = rounding.map { [CurveChart.Annotation.below($0, text: Self.zeros)] } ?? []
    var index = -1
    return CurveChart(
      id: id, title: title, description: description,
      yTitle: panels.count == 1 ? "Log of normalized singular value" : "ln(σ / max σ)",
      y: verticalAxis(rounding),
      panels: panels.map { panel in
        CurveChart.Panel(
          title: panel.title, xTitle: "Singular value index", x: x,
          curves: panel.curves.map { curve in
            index += 1
            return curve.curve(shade: index)
          }, annotations: area + Self.bounds(panel.curves))
      }, shades: curves.map(\.shade))
  }

  private static let zeros = "zero within rounding errors"

  /// From the smallest logarithm up to 0; a shaded area is high enough for its name.
  private func verticalAxis(_ rounding: Double?) -> Axis {
    let lowest = curves.flatMap(\.drawn).min() ?? 0
    if let rounding { return .linear(min(lowest, rounding * 1.09), 0, count: 6) }
    let step = Ticks.step(max(-lowest, 0.1), count: 6)
    return .linear(min((lowest / step).rounded(.down), -1) * step, 0, count: 6)
  }

  /// A dashed line at each bound of the rank below the number of dimensions.
  private static func bounds(_ curves: [Curve]) -> [CurveChart.Annotation] {
    let bounds = Set(curves.filter { $0.attainable < $0.logs.count }.map(\.attainable)).sorted()
    return bounds.enumerated().map { index, bound in
      .bound(Double(max(bound, 1)), text: index < 4 ? "attainable: \(bound)" : "")
    }
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
}
