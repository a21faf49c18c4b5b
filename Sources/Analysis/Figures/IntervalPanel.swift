/// One panel of intervals, one line each, on a horizontal axis with a title above it.
struct IntervalPanel {
  /// Where a panel is in its figure.
  struct Frame {
    let left: Double
    let width: Double
    let top: Double
    let bottom: Double
  }

  private let title: String
  private let frame: Frame
  private let axis: Axis

  /// A panel for numbers from `low` to `high`, with about so many ticks.
  init(_ title: String, _ frame: Frame, low: Double, high: Double, ticks: Int) {
    (self.title, self.frame) = (title, frame)
    let margin = max((high - low) * 0.06, 1e-9)
    axis = .linear(low - margin, high + margin, count: ticks)
  }

  /// The horizontal position of a number.
  func x(_ value: Double) -> Double { frame.left + frame.width * axis.place(value) }

  /// Draws the title, the axis and its ticks.
  func draw(on drawing: inout Drawing) {
    let (right, bottom) = (frame.left + frame.width, frame.bottom)
    drawing.text(
      title, frame.left + frame.width / 2, frame.top - 12, "strong", anchor: .middle)
    for tick in axis.ticks {
      drawing.line("grid", x(tick), frame.top, x(tick), bottom)
      drawing.text(axis.text(tick), x(tick), bottom + 18, "small", anchor: .middle)
    }
    drawing.line("axis", frame.left, bottom, right, bottom)
  }
}
