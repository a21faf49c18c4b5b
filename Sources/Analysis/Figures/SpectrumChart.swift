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
    let shade: Palette.Shade
    /// `ln(σ/max σ)` by rank; negative infinity for zeros.
    let logs: [Double]
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
    drawGrid(on: &drawing)
    for index in curves.indices {
      drawing.path(
        "curve c\(index) \(curves[index].paradigm.rawValue)",
        layout.points(of: curves[index].logs))
    }
    drawAxes(on: &drawing)
    drawNames(on: &drawing)
    drawing.paradigmKey(
      curves.map(\.paradigm), x: layout.left + 2, y: layout.top - 12, sample: .line)
    if curves.contains(where: { !$0.logs.allSatisfy(\.isFinite) }) {
      drawing.text(
        "exact zeros lie on the floor", layout.left + 8, layout.bottom - 8, "quiet")
    }
    return drawing.svg
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
        NumberText.tick(tick, step: layout.xStep), layout.x(tick), layout.bottom + 19,
        anchor: .middle)
    }
    for tick in layout.yTicks {
      drawing.text(
        NumberText.tick(tick, step: layout.yStep), layout.left - 8, layout.y(tick) + 5,
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

  /// The runs' names, each joined to the end of its curve or listed below the chart.
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
