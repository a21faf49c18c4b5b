import LinearAlgebra
import Models

/// Log spectra of several runs as one SVG line chart, for a column (3.3 in) or a page.
///
/// Discriminative runs are dashed, generative ones solid. Curves are named at their right ends; where names
/// are too many or too long, below the chart. Exact zeros are drawn on the floor of the chart.
struct SpectrumChart {
  /// One run's curve.
  struct Curve {
    let label: String
    let paradigm: Paradigm
    /// `ln(σ/max σ)` by rank; negative infinity for zeros.
    let logs: [Double]
  }

  let curves: [Curve]
  let layout: SpectrumLayout
  private let shades: [Palette.Shade]

  init(_ curves: [Curve]) {
    self.curves = curves
    layout = SpectrumLayout(curves)
    shades = Palette.shades(curves.map(\.paradigm))
  }

  /// The chart as an SVG document.
  var svg: String {
    let lines =
      [
        opening, style,
        "<rect class=\"ground\" width=\"\(n(layout.width))\" height=\"\(n(layout.height))\"/>",
      ]
      + grid + curves.indices.map(curve) + axes + names + paradigmKey + floorNote + ["</svg>\n"]
    return lines.joined(separator: "\n")
  }

  private var opening: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(n(layout.width)) \(n(layout.height))" \
    width="\(n(layout.width))" height="\(n(layout.height))" class="sfg-spectrum" role="img" \
    aria-labelledby="sfg-spectrum-title sfg-spectrum-text">
    <title id="sfg-spectrum-title">Singular-value spectra</title>
    <desc id="sfg-spectrum-text">\(Markup.escaped(description))</desc>
    """
  }

  /// The picture in words: where each curve ends.
  private var description: String {
    "Natural logarithm of each singular value over the largest, by rank. "
      + curves.map { curve in
        let finite = curve.logs.filter(\.isFinite)
        let zeros = curve.logs.count - finite.count
        return
          "\(curve.label) (\(curve.paradigm.rawValue)): \(curve.logs.count) values, the smallest "
          + "at \(NumberText.fixed(finite.last, 2))"
          + (zeros > 0 ? ", and \(zeros) exact zeros." : ".")
      }.joined(separator: " ")
  }

  private var style: String {
    func colours(_ shade: (Palette.Shade) -> String) -> String {
      shades.indices.map { ".sfg-spectrum .c\($0){stroke:\(shade(shades[$0]))}" }.joined()
    }
    return """
      <style>
      .sfg-spectrum{font-family:Helvetica,Arial,"Liberation Sans",sans-serif;font-size:14px}
      .sfg-spectrum .ground{fill:#ffffff}
      .sfg-spectrum text{fill:#1b1f24}
      .sfg-spectrum .quiet{fill:#57606a}
      .sfg-spectrum .grid{stroke:#e3e6ea;stroke-width:1}
      .sfg-spectrum .axis{stroke:#57606a;stroke-width:1;fill:none}
      .sfg-spectrum .key{stroke:#57606a}
      .sfg-spectrum .curve{fill:none;stroke-width:2.2;stroke-linejoin:round}
      .sfg-spectrum .discriminative{stroke-dasharray:7 4}
      .sfg-spectrum .leader{fill:none;stroke-width:1}
      \(colours(\.light))
      @media screen and (prefers-color-scheme:dark){
      .sfg-spectrum .ground{fill:#14171a}
      .sfg-spectrum text{fill:#e6e8eb}
      .sfg-spectrum .quiet{fill:#a3abb4}
      .sfg-spectrum .grid{stroke:#2b3138}
      .sfg-spectrum .axis,.sfg-spectrum .key{stroke:#a3abb4}
      \(colours(\.dark))
      }
      </style>
      """
  }

  private var grid: [String] {
    let horizontal = layout.yTicks.map { tick in
      line("grid", layout.left, layout.y(tick), layout.right, layout.y(tick))
    }
    let vertical = layout.xTicks.map { tick in
      line("grid", layout.x(tick), layout.top, layout.x(tick), layout.bottom)
    }
    return horizontal + vertical
  }

  private func curve(_ index: Int) -> String {
    let curve = curves[index]
    let points = curve.logs.enumerated().map { rank, log in
      "\(n(layout.x(Double(rank + 1)))),\(n(layout.y(log)))"
    }
    return "<polyline class=\"curve c\(index) \(curve.paradigm.rawValue)\" "
      + "points=\"\(points.joined(separator: " "))\"/>"
  }

  private var axes: [String] {
    let xNumbers = layout.xTicks.map { tick in
      text(
        NumberText.tick(tick, step: layout.xStep), layout.x(tick), layout.bottom + 19,
        anchor: "middle")
    }
    let yNumbers = layout.yTicks.map { tick in
      text(
        NumberText.tick(tick, step: layout.yStep), layout.left - 8, layout.y(tick) + 5,
        anchor: "end")
    }
    let middle = (layout.top + layout.bottom) / 2
    let frame =
      "<path class=\"axis\" d=\"M\(n(layout.left)),\(n(layout.top))V\(n(layout.bottom))"
      + "H\(n(layout.right))\"/>"
    let yTitle =
      "<text text-anchor=\"middle\" transform=\"translate(17 \(n(middle))) rotate(-90)\">"
      + "Log of normalized singular value</text>"
    let xTitle = text(
      "Singular value index", (layout.left + layout.right) / 2, layout.bottom + 40,
      anchor: "middle")
    return xNumbers + yNumbers + [frame, xTitle, yTitle]
  }

  /// The runs' names, each joined to the end of its curve or listed below the chart.
  private var names: [String] {
    layout.names.map { name in
      let curve = curves[name.curve]
      let strokes = "c\(name.curve) \(curve.paradigm.rawValue)"
      guard let end = name.curveEnd else {
        return line("curve \(strokes)", name.x - 36, name.y - 5, name.x - 8, name.y - 5)
          + text(name.text, name.x, name.y)
      }
      return "<path class=\"leader c\(name.curve)\" d=\"M\(n(end.x + 2)),\(n(end.y))"
        + "L\(n(name.x - 4)),\(n(name.y - 5))\"/>" + text(name.text, name.x, name.y)
    }
  }

  /// What dashes mean.
  private var paradigmKey: [String] {
    var x = layout.left + 2
    let y = layout.top - 12
    return Paradigm.allCases.filter { paradigm in curves.contains { $0.paradigm == paradigm } }.map
    {
      paradigm in
      let piece =
        line("curve key \(paradigm.rawValue)", x, y - 5, x + 32, y - 5)
        + text(paradigm.rawValue, x + 38, y, quiet: true)
      x += 38 + TextWidth.estimate(paradigm.rawValue, size: 14) + 16
      return piece
    }
  }

  private var floorNote: [String] {
    guard curves.contains(where: { !$0.logs.allSatisfy(\.isFinite) }) else { return [] }
    return [
      text(
        "exact zeros lie on the floor", layout.left + 8, layout.bottom - 8, quiet: true)
    ]
  }

  private func line(
    _ names: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double
  ) -> String {
    "<line class=\"\(names)\" x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\"/>"
  }

  private func text(
    _ text: String, _ x: Double, _ y: Double, anchor: String = "start", quiet: Bool = false
  ) -> String {
    "<text x=\"\(n(x))\" y=\"\(n(y))\"\(anchor == "start" ? "" : " text-anchor=\"\(anchor)\"")"
      + "\(quiet ? " class=\"quiet\"" : "")>\(Markup.escaped(text))</text>"
  }

  /// A coordinate to a tenth of a unit.
  private func n(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
  }
}
