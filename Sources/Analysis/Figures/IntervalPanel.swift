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
  private let ticks: Int
  private let from: Double
  private let span: Double

  /// A panel for numbers from `low` to `high`, with about so many ticks.
  init(_ title: String, _ frame: Frame, low: Double, high: Double, ticks: Int) {
    (self.title, self.frame, self.ticks) = (title, frame, ticks)
    let margin = max((high - low) * 0.06, 1e-9)
    from = low - margin
    span = high - low + 2 * margin
  }

  /// The horizontal position of a number.
  func x(_ value: Double) -> Double { frame.left + frame.width * (value - from) / span }

  /// Draws the title, the axis and its ticks.
  func draw(on drawing: inout Drawing) {
    let (right, bottom) = (frame.left + frame.width, frame.bottom)
    drawing.text(
      title, frame.left + frame.width / 2, frame.top - 12, "strong", anchor: .middle)
    let step = Ticks.step(span, count: ticks)
    for tick in Ticks.round(from, from + span, count: ticks) {
      drawing.line("grid", x(tick), frame.top, x(tick), bottom)
      drawing.text(
        NumberFormat.tick(tick, step: step), x(tick), bottom + 18, "small", anchor: .middle)
    }
    drawing.line("axis", frame.left, bottom, right, bottom)
  }
}
