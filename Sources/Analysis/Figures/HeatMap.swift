import LinearAlgebra

/// Correlation matrices of several runs side by side, on one scale from −1 (blue) to 1 (red).
///
/// Fields are parted by faint lines and named along both axes where their names fit.
struct HeatMap {
  /// One run's matrix.
  struct Panel {
    let title: String
    let subtitle: String
    let fields: [String]
    let leftTitle: String
    let rightTitle: String
    let matrix: DoubleMatrix
  }

  private let panels: [Panel]
  private let layout: HeatMapLayout

  init(_ panels: [Panel]) {
    precondition(!panels.isEmpty, "HeatMap: no panels")
    self.panels = panels
    layout = HeatMapLayout(panels)
  }

  /// The picture as the bytes of a PNG file.
  func png() throws -> [UInt8] {
    let canvas = try Canvas(width: layout.width, height: layout.height)
    for index in panels.indices { draw(panels[index], layout.frames[index], on: canvas) }
    drawScale(on: canvas)
    return try canvas.png()
  }

  private func draw(_ panel: Panel, _ frame: HeatMapLayout.Frame, on canvas: Canvas) {
    let size = panel.matrix.rows
    canvas.fill(x: frame.x, y: frame.y, width: frame.side, height: frame.side) { x, y in
      ColourScale.pixel(
        of: strongest(panel.matrix, cells(y, frame.side, size), cells(x, frame.side, size)))
    }
    let x = Double(frame.x)
    let y = Double(frame.y)
    let side = Double(frame.side)
    let field = side / Double(panel.fields.count)
    for boundary in 1..<max(panel.fields.count, 1) {
      let offset = (Double(boundary) * field).rounded()
      canvas.line(
        from: (x + offset, y), to: (x + offset, y + side), width: 1, grey: 0, opacity: 0.22)
      canvas.line(
        from: (x, y + offset), to: (x + side, y + offset), width: 1, grey: 0, opacity: 0.22)
    }
    canvas.outline(x: x, y: y, width: side, height: side, grey: 0.35)
    drawNames(of: panel, frame, on: canvas)
    let middle = x + side / 2
    canvas.text(
      panel.title, x: middle, y: y - 66, size: layout.titleSize, anchor: .middle, bold: true)
    canvas.text(
      panel.subtitle, x: middle, y: y - 28, size: layout.textSize, anchor: .middle, grey: 0.3)
    canvas.text(
      panel.rightTitle, x: middle, y: y + side + layout.nameSpace + 34, size: layout.textSize,
      anchor: .middle)
    canvas.text(
      panel.leftTitle, x: x - layout.nameSpace - 34, y: y + side / 2, size: layout.textSize,
      anchor: .middle, upwards: true)
  }

  /// Names every field, or every second, third … where they stand too close.
  private func drawNames(of panel: Panel, _ frame: HeatMapLayout.Frame, on canvas: Canvas) {
    let field = Double(frame.side) / Double(panel.fields.count)
    let every = Int((layout.smallestName * 1.15 / field).rounded(.up))
    let size = min(layout.textSize, max(layout.smallestName, field * 0.78))
    for index in stride(from: 0, to: panel.fields.count, by: max(every, 1)) {
      let name = TextWidth.fitted(
        panel.fields[index], size: size, limit: layout.nameSpace - 8)
      let centre = (Double(index) + 0.5) * field
      canvas.text(
        name, x: Double(frame.x) - 10, y: Double(frame.y) + centre, size: size, anchor: .end)
      canvas.text(
        name, x: Double(frame.x) + centre, y: Double(frame.y + frame.side) + 10, size: size,
        anchor: .end, upwards: true)
    }
  }

  private func drawScale(on canvas: Canvas) {
    let bar = layout.scale
    canvas.fill(x: bar.x, y: bar.y, width: bar.width, height: bar.height) { _, y in
      ColourScale.pixel(of: 1 - 2 * (Double(y) + 0.5) / Double(bar.height))
    }
    canvas.outline(
      x: Double(bar.x), y: Double(bar.y), width: Double(bar.width), height: Double(bar.height),
      grey: 0.35)
    let edge = Double(bar.x + bar.width)
    for tick in [1, 0.5, 0, -0.5, -1] {
      let y = Double(bar.y) + (1 - tick) / 2 * Double(bar.height)
      canvas.line(from: (edge + 1, y), to: (edge + 9, y), width: 2, grey: 0.35)
      canvas.text(
        NumberText.fixed(tick, tick == tick.rounded() ? 0 : 1), x: edge + 16, y: y,
        size: layout.textSize)
    }
    canvas.text(
      "Pearson correlation r", x: edge + 92, y: Double(bar.y) + Double(bar.height) / 2,
      size: layout.textSize, anchor: .middle, upwards: true)
  }

  /// The cells of a matrix that one pixel shows: one, or several where there are more cells than pixels.
  private func cells(_ pixel: Int, _ side: Int, _ size: Int) -> Range<Int> {
    let first = pixel * size / side
    return first..<max(first + 1, (pixel + 1) * size / side)
  }

  /// The number of greatest magnitude, so that a lone strong cell is never averaged away.
  private func strongest(_ matrix: DoubleMatrix, _ rows: Range<Int>, _ columns: Range<Int>)
    -> Double
  {
    var result = 0.0
    for row in rows {
      for column in columns where abs(matrix[row, column]) > abs(result) {
        result = matrix[row, column]
      }
    }
    return result
  }
}
