import LinearAlgebra

/// The mean |r| of every pair of fields in SVG, as a square of cells, dark for redundant fields.
///
/// There is one panel per run; all share a scale, from 0 to a round number above all cells off the
/// diagonal.
struct FieldMap {
  /// One run's matrix.
  struct Panel {
    let title: String
    let leftFields: [String]
    let rightFields: [String]
    let leftTitle: String
    let rightTitle: String
    /// The column of a row's own field, less the row.
    let offset: Int
    let means: DoubleMatrix
  }

  private let panels: [Panel]
  private let most: Double
  private let step: Double
  private let nameSpace: Double
  private let across: Int

  private static let side = 330.0
  private static let gap = 26.0
  private static let top = 40.0

  init(_ panels: [Panel]) {
    self.panels = panels
    let off = panels.flatMap { panel in
      (0..<panel.means.rows).flatMap { row in
        (0..<panel.means.columns).filter { $0 != row + panel.offset }.map { panel.means[row, $0] }
      }
    }
    step = Ticks.step(max(off.max() ?? 1, 0.01), count: 4)
    most = min(((off.max() ?? 1) / step).rounded(.up) * step, 1)
    let widest =
      panels.flatMap { [$0.leftFields, $0.rightFields] }
      .flatMap { RunLabels.fitted($0, size: 10, limit: 90) }
      .map { TextWidth.estimate($0, size: 10) }.max() ?? 0
    nameSpace = min(widest, 90) + 8
    across = min(panels.count, 2)
  }

  private var cell: Double { nameSpace + 22 + Self.side + Self.gap }
  private var rowHeight: Double { Self.top + Self.side + nameSpace + 34 }

  /// The map as an SVG document.
  var svg: String {
    let down = (panels.count + across - 1) / across
    var drawing = Drawing(
      id: "field-map", width: Double(across) * cell + 70, height: Double(down) * rowHeight,
      title: "Redundancy between fields", description: description, shades: [])
    // Bold letters are wider than estimated.
    let titles = RunLabels.fitted(panels.map(\.title), size: 14, limit: Self.side * 0.93)
    for (index, panel) in panels.enumerated() {
      draw(
        panel, title: titles[index], x: Double(index % across) * cell + nameSpace + 22,
        y: Double(index / across) * rowHeight + Self.top, on: &drawing)
    }
    drawScale(on: &drawing)
    return drawing.svg
  }

  private var description: String {
    "Mean absolute correlation of every field on the left with every field on the right, for "
      + panels.map(\.title).joined(separator: ", ") + ". The tables below name the strongest pairs."
  }

  private func draw(
    _ panel: Panel, title: String, x: Double, y: Double, on drawing: inout Drawing
  ) {
    let height = Self.side / Double(panel.leftFields.count)
    let width = Self.side / Double(panel.rightFields.count)
    for row in panel.leftFields.indices {
      for column in panel.rightFields.indices {
        let value = panel.means[row, column]
        let opacity = min(value / most, 1)
        guard opacity >= 0.005 else { continue }
        drawing.box(
          "cell", x + Double(column) * width, y + Double(row) * height, width, height,
          opacity: opacity)
      }
    }
    drawing.path(
      "axis",
      [
        (x, y), (x + Self.side, y), (x + Self.side, y + Self.side), (x, y + Self.side), (x, y),
      ])
    draw(panel.leftFields) { name, centre in
      drawing.text(name, x - 5, y + centre + 3.5, "tiny", anchor: .end)
    }
    draw(panel.rightFields) { name, centre in
      drawing.text(name, x + centre + 3.5, y + Self.side + 5, "tiny", anchor: .end, upwards: true)
    }
    drawing.text(
      title, x + Self.side / 2, y - 14, "strong", anchor: .middle)
    drawing.text(
      panel.rightTitle, x + Self.side / 2, y + Self.side + nameSpace + 18, "small",
      anchor: .middle)
    drawing.text(
      panel.leftTitle, x - nameSpace - 8, y + Self.side / 2, "small", anchor: .middle,
      upwards: true)
  }

  /// Labels every field, or every n-th one if labels would overlap.
  private func draw(_ names: [String], _ body: (String, _ centre: Double) -> Void) {
    let size = Self.side / Double(names.count)
    let every = max(Int((11 / size).rounded(.up)), 1)
    let fitted = RunLabels.fitted(names, size: 10, limit: nameSpace - 8)
    for index in stride(from: 0, to: names.count, by: every) {
      body(fitted[index], (Double(index) + 0.5) * size)
    }
  }

  private func drawScale(on drawing: inout Drawing) {
    let x = Double(across) * cell
    let steps = 40
    for step in 0..<steps {
      let share = (Double(step) + 0.5) / Double(steps)
      let height = Self.side / Double(steps)
      drawing.box(
        "cell", x, Self.top + Self.side - Double(step + 1) * height, 12, height,
        opacity: share)
    }
    for tick in Ticks.round(0, most, count: 4) {
      let y = Self.top + Self.side * (1 - tick / most)
      drawing.line("axis", x + 12, y, x + 16, y)
      drawing.text(NumberFormat.tick(tick, step: step), x + 20, y + 4, "small")
    }
    drawing.text("mean |r|", x - 2, Self.top - 14, "small")
  }
}
