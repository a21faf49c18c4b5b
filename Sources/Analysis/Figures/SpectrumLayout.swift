import Models

/// Where everything in a spectrum chart goes.
struct SpectrumLayout {
  /// One run's name in the chart.
  struct Name {
    let curve: Int
    let text: String
    let x: Double
    let y: Double
    /// The end of the curve that the name stands beside; nil where it is listed below.
    let curveEnd: (x: Double, y: Double)?
  }

  let width = 480.0
  let height: Double
  let left = 58.0
  let right: Double
  let top = 34.0
  let bottom = 292.0
  let xTicks: [Double]
  let xStep: Double
  let yTicks: [Double]
  let yStep: Double
  private(set) var names: [Name] = []

  private static let fontSize = 14.0
  private static let lineHeight = 17.0
  private static let widestName = 132.0
  private let lastRank: Double
  private let floor: Double

  init(_ curves: [SpectrumChart.Curve]) {
    lastRank = Double(max(curves.map(\.logs.count).max() ?? 1, 2))
    let lowest = curves.flatMap(\.logs).filter(\.isFinite).min() ?? 0
    yStep = Ticks.step(max(-lowest, 0.1), count: 6)
    // A floor below the lowest finite value, so that zeros are never drawn above it.
    floor = min((lowest / yStep).rounded(.down), -1) * yStep
    yTicks = Ticks.round(floor, 0, count: 6)
    let widths = curves.map { TextWidth.estimate($0.label, size: Self.fontSize) }
    let beside =
      (widths.max() ?? 0) <= Self.widestName
      && Double(curves.count) * Self.lineHeight <= bottom - top
    right = beside ? width - (widths.max() ?? 0) - 30 : width - 18
    xStep = max(1, Ticks.step(lastRank, count: 8))
    xTicks = stride(from: 0, through: lastRank, by: xStep).filter { $0 >= 1 }
    let perLine = max(1, Int((width - 20) / ((widths.max() ?? 0) + 60)))
    let lines = beside ? 0 : (curves.count + perLine - 1) / perLine
    height = bottom + 52 + Double(lines) * (Self.lineHeight + 3)
    names = beside ? besideEnds(curves) : below(curves, columns: perLine)
  }

  /// The horizontal place of a rank.
  func x(_ rank: Double) -> Double { left + (right - left) * (rank - 1) / (lastRank - 1) }

  /// The places of a curve.
  func points(of logs: [Double]) -> [(x: Double, y: Double)] {
    logs.enumerated().map { (x(Double($0 + 1)), y($1)) }
  }

  /// The vertical place of a logarithm; the floor for what lies below it.
  func y(_ log: Double) -> Double { top + (bottom - top) * max(log, floor) / floor }

  /// Names at the right of the curves' ends, pushed apart where ends are close.
  private func besideEnds(_ curves: [SpectrumChart.Curve]) -> [Name] {
    let ends = curves.map { (x: x(Double($0.logs.count)), y: y($0.logs.last ?? floor)) }
    let order = curves.indices.sorted { (ends[$0].y, $0) < (ends[$1].y, $1) }
    var places = order.map { ends[$0].y + 5 }
    for index in places.indices.dropFirst() {
      places[index] = max(places[index], places[index - 1] + Self.lineHeight)
    }
    // What was pushed below the chart pushes the others back up.
    var limit = bottom + 5
    for index in places.indices.reversed() {
      places[index] = min(places[index], limit)
      limit = places[index] - Self.lineHeight
    }
    return order.indices.map { place in
      Name(
        curve: order[place], text: curves[order[place]].label, x: right + 20, y: places[place],
        curveEnd: ends[order[place]])
    }
  }

  /// Names in columns below the horizontal axis.
  private func below(_ curves: [SpectrumChart.Curve], columns: Int) -> [Name] {
    let pitch = (width - 20) / Double(columns)
    return curves.indices.map { index in
      Name(
        curve: index,
        text: TextWidth.fitted(curves[index].label, size: Self.fontSize, limit: pitch - 58),
        x: 10 + Double(index % columns) * pitch + 44,
        y: bottom + 52 + Double(index / columns) * (Self.lineHeight + 3) + 12, curveEnd: nil)
    }
  }
}
