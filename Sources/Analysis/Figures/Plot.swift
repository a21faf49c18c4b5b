/// A rectangle of a drawing with a horizontal and a vertical axis.
struct Plot {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let x: Axis
  let y: Axis

  /// The horizontal position of a number.
  func x(_ value: Double) -> Double { left + (right - left) * x.place(value) }

  /// The vertical position of a number.
  func y(_ value: Double) -> Double { bottom - (bottom - top) * y.place(value) }

  /// The space that the labels of a vertical axis and its title take.
  static func leftSpace(_ axis: Axis) -> Double {
    max(58, (axis.ticks.map { TextWidth.estimate(axis.text($0), size: 14) }.max() ?? 0) + 36)
  }

  /// Draws lines at the ticks, below everything else.
  func drawGrid(on drawing: inout Drawing) {
    for tick in y.ticks { drawing.line("grid", left, y(tick), right, y(tick)) }
    for tick in x.ticks { drawing.line("grid", x(tick), top, x(tick), bottom) }
  }

  /// Draws the axes with the labels of their ticks and their titles, shortened to their lengths.
  ///
  /// Without a vertical title the vertical axis has no labels: that of another plot applies.
  func drawAxes(on drawing: inout Drawing, x xTitle: String, y yTitle: String?) {
    for tick in x.ticks { drawing.text(x.text(tick), x(tick), bottom + 19, anchor: .middle) }
    drawing.path("axis", [(left, top), (left, bottom)])
    drawHorizontalAxis(on: &drawing)
    let (width, height) = (right - left, bottom - top)
    drawing.text(
      TextWidth.fitted(xTitle, size: 14, limit: width + 30), (left + right) / 2, bottom + 40,
      anchor: .middle)
    guard let yTitle else { return }
    for tick in y.ticks { drawing.text(y.text(tick), left - 8, y(tick) + 5, anchor: .end) }
    drawing.text(
      TextWidth.fitted(yTitle, size: 14, limit: height + 40),
      left - Self.leftSpace(y) + 17, (top + bottom) / 2, anchor: .middle, upwards: true)
  }

  /// An axis on which 0 is set apart is broken behind it.
  private func drawHorizontalAxis(on drawing: inout Drawing) {
    guard x.spacing == .logarithmicAfterZero else {
      return drawing.path("axis", [(left, bottom), (right, bottom)])
    }
    let gap = left + (right - left) * Axis.zeroShare * 0.72
    drawing.path("axis", [(left, bottom), (gap - 3, bottom)])
    drawing.path("axis", [(gap + 3, bottom), (right, bottom)])
    for x in [gap - 3, gap + 3] { drawing.line("axis", x - 2, bottom + 5, x + 2, bottom - 5) }
  }
}
