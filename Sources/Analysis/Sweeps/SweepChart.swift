import Models

/// The differences of a sweep's arms from their baselines, one line per arm, with their intervals.
struct SweepChart {
  private let lines: [SweepTable.Line]
  private let shades: [Palette.Shade]
  private let nameSpace: Double

  private static let width = 480.0
  private static let top = 56.0
  private static let lineHeight = 26.0
  private static let gap = 26.0

  /// Nil where no arm has a difference.
  init?(_ table: SweepTable) {
    lines = table.lines.filter { $0.arm.difference != nil }
    guard !lines.isEmpty else { return nil }
    shades = lines.map { _ in Palette.shade(.generative, 0) }
    let widest = lines.map { TextWidth.estimate(Self.name($0), size: 14) }.max() ?? 0
    nameSpace = min(widest, 150) + 16
  }

  private static func name(_ line: SweepTable.Line) -> String {
    [line.block, line.arm.label].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private var bottom: Double { Self.top + Double(lines.count) * Self.lineHeight + 6 }

  /// The chart as an SVG document.
  var svg: String {
    var drawing = Drawing(
      id: "sweep", width: Self.width, height: bottom + 34, title: "Differences from the baselines",
      description: description, shades: shades)
    let names = RunLabels.fitted(lines.map(Self.name), size: 14, limit: nameSpace - 14)
    for index in lines.indices {
      drawing.text(
        names[index], nameSpace - 10,
        y(index) + 5, anchor: .end)
    }
    let panel = (Self.width - nameSpace - Self.gap - 14) / 2
    draw(
      "Δ AUC", lines.map { $0.arm.difference?.auc }, lines.map(\.pAUC), left: nameSpace,
      width: panel, on: &drawing)
    draw(
      "Δ Logloss", lines.map { $0.arm.difference?.logloss }, lines.map(\.pLogloss),
      left: nameSpace + panel + Self.gap, width: panel, on: &drawing)
    return drawing.svg
  }

  private var description: String {
    lines.map { line in
      let auc = line.arm.difference?.auc.map(text) ?? "undefined"
      return "\(Self.name(line)): difference of the AUC \(auc), of the Logloss "
        + "\(line.arm.difference.map { text($0.logloss) } ?? "undefined")."
    }.joined(separator: " ")
  }

  private func text(_ difference: TwoLevelDifference) -> String {
    let estimate = difference.estimate
    return "\(NumberFormat.fixed(estimate.value, 5)), between "
      + "\(NumberFormat.fixed(estimate.lower, 5)) and \(NumberFormat.fixed(estimate.upper, 5))"
  }

  private func y(_ index: Int) -> Double { Self.top + (Double(index) + 0.5) * Self.lineHeight }

  /// A filled mark is a significant difference, a hollow one is not.
  private func draw(
    _ title: String, _ differences: [TwoLevelDifference?], _ pValues: [Double?], left: Double,
    width: Double, on drawing: inout Drawing
  ) {
    let known = differences.compactMap { $0?.estimate }
    let (low, high) = (
      min(known.map(\.lower).min() ?? 0, 0), max(known.map(\.upper).max() ?? 0, 0)
    )
    let panel = IntervalPanel(
      title, .init(left: left, width: width, top: Self.top, bottom: bottom), low: low, high: high,
      ticks: 4)
    panel.draw(on: &drawing)
    let x = panel.x
    drawing.line("axis", x(0), Self.top, x(0), bottom)
    for (index, difference) in differences.enumerated() {
      guard let difference else { continue }
      let estimate = difference.estimate
      drawing.line("curve c\(index)", x(estimate.lower), y(index), x(estimate.upper), y(index))
      let isSignificant = SweepTable.isSignificant(difference, pValues[index])
      drawing.disc(
        "mark c\(index) \(isSignificant ? "full" : "hollow")", x(estimate.value), y(index),
        radius: 4.2, tip: "\(Self.name(lines[index])): \(text(difference))")
    }
  }
}
