/// Where the names of curves are: beside the curves' ends if all have room there, or else in
/// columns below the chart.
struct CurveLabels {
  /// The label of one curve.
  struct Name {
    let curve: Int
    let text: String
    let x: Double
    let y: Double
    /// The end of the curve that the label is beside; nil if it is below the chart.
    let curveEnd: (x: Double, y: Double)?
  }

  /// The space of the labels to the right of the axes; nil if they are below the chart.
  let besideSpace: Double?
  private let labels: [String]
  private let width: Double

  static let fontSize = 14.0
  private static let lineHeight = 17.0
  private static let pitch = 20.0
  private static let widest = 132.0

  /// Labels of a chart of some width, whose axes have some height.
  init(_ labels: [String], width: Double, plotHeight: Double, mayBeBeside: Bool = true) {
    (self.labels, self.width) = (labels, width)
    let widest = labels.map { TextWidth.estimate($0, size: Self.fontSize) }.max() ?? 0
    let fits =
      widest <= Self.widest && Double(labels.count) * Self.lineHeight <= plotHeight
    besideSpace = mayBeBeside && fits ? widest + 30 : nil
  }

  /// The labels in one line below a chart.
  private var columns: Int {
    let widest = labels.map { TextWidth.estimate($0, size: Self.fontSize) }.max() ?? 0
    return max(1, min(labels.count, Int((width - 20) / (widest + 60))))
  }

  /// The height of the labels below the chart.
  var heightBelow: Double {
    besideSpace == nil
      ? Double((labels.count + columns - 1) / max(columns, 1)) * Self.pitch : 0
  }

  /// Labels to the right of the curves' ends, pushed apart where ends are close.
  func beside(_ plot: Plot, ends: [(x: Double, y: Double)]) -> [Name] {
    let order = ends.indices.sorted { (ends[$0].y, $0) < (ends[$1].y, $1) }
    var places = order.map { ends[$0].y + 5 }
    for index in places.indices.dropFirst() {
      places[index] = max(places[index], places[index - 1] + Self.lineHeight)
    }
    // Labels pushed below the chart push the others back up.
    var limit = plot.bottom + 5
    for index in places.indices.reversed() {
      places[index] = min(places[index], limit)
      limit = places[index] - Self.lineHeight
    }
    return order.indices.map { place in
      Name(
        curve: order[place], text: labels[order[place]], x: plot.right + 20, y: places[place],
        curveEnd: ends[order[place]])
    }
  }

  /// Labels in columns below `top`, read line by line.
  func below(_ top: Double) -> [Name] {
    let pitch = (width - 20) / Double(columns)
    let fitted = RunLabels.fitted(labels, size: Self.fontSize, limit: pitch - 58)
    return labels.indices.map { index in
      Name(
        curve: index, text: fitted[index], x: 10 + Double(index % columns) * pitch + 44,
        y: top + Double(index / columns) * Self.pitch + 12, curveEnd: nil)
    }
  }
}
