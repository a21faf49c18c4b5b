import LinearAlgebra

/// Correlation matrices in rows side by side, on one scale from −1 (blue) to 1 (red).
///
/// Faint lines separate the fields, whose names are along both axes where they fit.
struct HeatMap {
  /// One matrix, with the names of the fields of its rows and of its columns.
  struct Panel {
    let title: String
    let subtitle: String
    let leftFields: [String]
    let rightFields: [String]
    let leftTitle: String
    let rightTitle: String
    let matrix: DoubleMatrix
  }

  private let panels: [Panel]
  private let layout: HeatMapLayout

  /// Arranges panels in rows.
  init(_ rows: [[Panel]]) {
    precondition(rows.contains { !$0.isEmpty }, "HeatMap: no panels")
    panels = rows.flatMap(\.self)
    layout = HeatMapLayout(rows)
  }

  /// The bytes of a PNG file; throws `FigureFailure` if cairo reports an error.
  func png() throws -> [UInt8] {
    let canvas = try Canvas(width: layout.width, height: layout.height)
    for index in panels.indices { draw(panels[index], layout.frames[index], on: canvas) }
    drawScale(on: canvas)
    return try canvas.png()
  }

  private func draw(_ panel: Panel, _ frame: HeatMapLayout.Frame, on canvas: Canvas) {
    canvas.fill(x: frame.x, y: frame.y, width: frame.side, height: frame.side) { x, y in
      ColourScale.pixel(
        of: strongest(
          panel.matrix, cells(y, frame.side, panel.matrix.rows),
          cells(x, frame.side, panel.matrix.columns)))
    }
    let x = Double(frame.x)
    let y = Double(frame.y)
    let side = Double(frame.side)
    let opacity = Self.gridOpacity(
      cell: side / Double(max(panel.leftFields.count, panel.rightFields.count)))
    for boundary in panel.rightFields.indices.dropFirst() {
      let offset = (Double(boundary) * side / Double(panel.rightFields.count)).rounded()
      canvas.line(
        from: (x + offset, y), to: (x + offset, y + side), width: 1, grey: 0, opacity: opacity)
    }
    for boundary in panel.leftFields.indices.dropFirst() {
      let offset = (Double(boundary) * side / Double(panel.leftFields.count)).rounded()
      canvas.line(
        from: (x, y + offset), to: (x + side, y + offset), width: 1, grey: 0, opacity: opacity)
    }
    canvas.outline(x: x, y: y, width: side, height: side, grey: 0.35)
    drawNames(of: panel, frame, on: canvas)
    let middle = x + side / 2
    canvas.text(
      canvas.fitted(
        panel.title, size: layout.titleSize, limit: side + layout.nameSpace, bold: true),
      x: middle, y: y - 66, size: layout.titleSize, anchor: .middle, bold: true)
    canvas.text(
      canvas.fitted(panel.subtitle, size: layout.textSize, limit: side + layout.nameSpace),
      x: middle, y: y - 28, size: layout.textSize, anchor: .middle, grey: 0.3)
    canvas.text(
      panel.rightTitle, x: middle, y: y + side + layout.nameSpace + 34, size: layout.textSize,
      anchor: .middle)
    canvas.text(
      panel.leftTitle, x: x - layout.nameSpace - 34, y: y + side / 2, size: layout.textSize,
      anchor: .middle, upwards: true)
  }

  /// Lines between many small fields would hide what is between them.
  static func gridOpacity(cell: Double) -> Double { min(0.22, 0.22 * cell / 24) }

  /// Labels every field, or every n-th one if labels would overlap.
  private func drawNames(of panel: Panel, _ frame: HeatMapLayout.Frame, on canvas: Canvas) {
    draw(panel.leftFields, within: frame.side) { name, centre, size in
      canvas.text(
        name, x: Double(frame.x) - 10, y: Double(frame.y) + centre, size: size, anchor: .end)
    }
    draw(panel.rightFields, within: frame.side) { name, centre, size in
      canvas.text(
        name, x: Double(frame.x) + centre, y: Double(frame.y + frame.side) + 10, size: size,
        anchor: .end, upwards: true)
    }
  }

  private func draw(
    _ names: [String], within side: Int, _ body: (String, _ centre: Double, _ size: Double) -> Void
  ) {
    let field = Double(side) / Double(names.count)
    let every = Int((layout.smallestName * 1.15 / field).rounded(.up))
    let size = min(layout.textSize, max(layout.smallestName, field * 0.78))
    let fitted = RunLabels.fitted(names, size: size, limit: layout.nameSpace - 8)
    for index in stride(from: 0, to: names.count, by: max(every, 1)) {
      body(fitted[index], (Double(index) + 0.5) * field, size)
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
        NumberFormat.fixed(tick, tick == tick.rounded() ? 0 : 1), x: edge + 16, y: y,
        size: layout.textSize)
    }
    canvas.text(
      "Pearson correlation r", x: edge + 92, y: Double(bar.y) + Double(bar.height) / 2,
      size: layout.textSize, anchor: .middle, upwards: true)
  }

  /// The rows or columns that one pixel covers: several if there are more cells than pixels.
  private func cells(_ pixel: Int, _ side: Int, _ size: Int) -> Range<Int> {
    let first = pixel * size / side
    return first..<max(first + 1, (pixel + 1) * size / side)
  }

  /// The element of greatest magnitude, so that a single strong cell is not averaged away.
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

/// The positions of all parts of a heat map, in pixels at twice the resolution of a screen.
struct HeatMapLayout {
  /// The square of one panel's matrix.
  struct Frame {
    let x: Int
    let y: Int
    let side: Int
  }

  let width: Int
  let height: Int
  let frames: [Frame]
  let scale: (x: Int, y: Int, width: Int, height: Int)
  /// The space for labels beside and below a panel.
  let nameSpace: Double
  let textSize = 26.0
  let titleSize = 32.0
  /// The smallest font size of labels: legible when the picture is as wide as a page.
  let smallestName: Double

  private static let topMargin = 110
  private static let scaleSpace = 210
  private static let widestName = 280.0

  init(_ rows: [[HeatMap.Panel]]) {
    let panels = rows.flatMap(\.self)
    let across = rows.map(\.count).max() ?? 1
    let target = across <= 2 && rows.count == 1 ? 1200 : across <= 2 ? 900 : 780
    let sides = panels.map {
      Self.side(of: max($0.matrix.rows, $0.matrix.columns), target: target)
    }
    let longest =
      panels.flatMap { [$0.leftFields, $0.rightFields] }
      .flatMap { RunLabels.fitted($0, size: 26, limit: Self.widestName) }
      .map { TextWidth.estimate($0, size: 26) }.max() ?? 0
    nameSpace = min(longest, Self.widestName) + 16
    let side = sides.max() ?? target
    let margin = Int(nameSpace) + 64
    let cell = (width: side + margin + 44, height: side + margin + Self.topMargin)
    let places = rows.enumerated().flatMap { row, panels in panels.indices.map { (row, $0) } }
    frames = zip(places, sides).map { place, side in
      Frame(
        x: place.1 * cell.width + margin, y: place.0 * cell.height + Self.topMargin, side: side)
    }
    width = across * cell.width + Self.scaleSpace
    height = rows.count * cell.height + 10
    smallestName = max(15, 0.0083 * Double(width))
    scale = (x: across * cell.width + 10, y: Self.topMargin, width: 34, height: side)
  }

  /// A whole number of pixels per cell, near `target`; larger matrices are drawn at that size.
  private static func side(of size: Int, target: Int) -> Int {
    size >= target ? target : max(1, (target + size / 2) / size) * size
  }
}
