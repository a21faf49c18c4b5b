import Glibc
import Models

/// How evenly each field's table uses its dimensions, by cardinality: one mark per run and field.
///
/// The horizontal axis is the number of table rows that training touched, logarithmic; the vertical
/// one information abundance over its maximum. Fields with the lowest shares are labelled.
struct FieldsChart {
  /// One run's fields.
  struct Series {
    let label: String
    let paradigm: Paradigm
    let shade: Palette.Shade
    let fields: [(name: String, rows: Int, share: Double)]
  }

  private let series: [Series]
  private let decades: Int
  /// The upper end of the vertical axis, a multiple of 20 %.
  private let most: Double

  private static let width = 480.0
  private static let named = 4
  private let left = 58.0
  private let right = 458.0
  private let top = 34.0
  private let bottom = 262.0

  init(_ series: [Series]) {
    self.series = series
    let largest = series.flatMap(\.fields).map(\.rows).max() ?? 1
    var decades = 1
    var bound = 10
    while bound < largest {
      bound *= 10
      decades += 1
    }
    self.decades = decades
    let highest = series.flatMap(\.fields).map(\.share).max() ?? 1
    most = min(max((highest / 0.2).rounded(.up) * 0.2, 0.2), 1)
  }

  /// The chart as an SVG document.
  var svg: String {
    var drawing = Drawing(
      id: "fields", width: Self.width, height: height, title: "Embedding tables by cardinality",
      description: description, shades: series.map(\.shade))
    drawAxes(on: &drawing)
    for (index, run) in series.enumerated() {
      for field in run.fields {
        drawing.mark(
          run.paradigm, "c\(index)", x(field.rows), y(field.share), radius: 3.4,
          tip: "\(field.name), \(run.label): \(field.rows) rows, "
            + "\(NumberFormat.percent(field.share, 0))")
      }
    }
    drawNames(on: &drawing)
    drawing.paradigmKey(series.map(\.paradigm), x: left + 2, y: top - 12, sample: .mark)
    drawRuns(on: &drawing)
    return drawing.svg
  }

  private var description: String {
    "Information abundance of each field's embedding table over its maximum, by the number of rows that "
      + "training touched. "
      + series.map { run in
        let worst = worst(run).map { "\($0.name) \(NumberFormat.percent($0.share, 0))" }
        return "\(run.label): lowest are \(worst.joined(separator: ", "))."
      }.joined(separator: " ")
  }

  /// Several runs are listed below the chart, two per line.
  private var listed: Bool { series.count > 1 }
  private var height: Double { bottom + 50 + (listed ? Double((series.count + 1) / 2) * 20 : 0) }

  private func x(_ rows: Int) -> Double {
    left + (right - left) * min(max(log10(Double(max(rows, 1))) / Double(decades), 0), 1)
  }

  private func y(_ share: Double) -> Double {
    bottom - (bottom - top) * min(max(share / most, 0), 1)
  }

  private func worst(_ run: Series) -> [(name: String, rows: Int, share: Double)] {
    let order = run.fields.indices.sorted {
      (run.fields[$0].share, $0) < (run.fields[$1].share, $1)
    }
    return order.prefix(Self.named).map { run.fields[$0] }
  }

  private func drawAxes(on drawing: inout Drawing) {
    for percent in stride(from: 0, through: Int((100 * most).rounded()), by: 20) {
      let y = y(Double(percent) / 100)
      drawing.line("grid", left, y, right, y)
      drawing.text("\(percent)", left - 8, y + 5, anchor: .end)
    }
    for decade in 0...decades {
      let x = left + (right - left) * Double(decade) / Double(decades)
      drawing.line("grid", x, top, x, bottom)
      let unit = ["1", "10", "100"][decade % 3] + ["", "k", "M", "G"][min(decade / 3, 3)]
      drawing.text(unit, x, bottom + 19, anchor: .middle)
    }
    drawing.path("axis", [(left, top), (left, bottom), (right, bottom)])
    drawing.text(
      "Table rows that training touched", (left + right) / 2, bottom + 40, anchor: .middle)
    drawing.text(
      "% of attainable abundance", 17, (top + bottom) / 2, anchor: .middle, upwards: true)
  }

  /// Labels the lowest fields, each once, where a label overlaps neither a mark nor another label.
  private func drawNames(on drawing: inout Drawing) {
    var taken = series.flatMap(\.fields).map { field in
      (x: x(field.rows) - 5, y: y(field.share) - 5, width: 10.0, height: 10.0)
    }
    var named = Set<String>()
    for run in series {
      for field in worst(run) where named.insert(field.name).inserted {
        let width = TextWidth.estimate(field.name, size: 12)
        let (px, py) = (x(field.rows), y(field.share))
        let places = [
          (px + 7, py + 4), (px - width - 7, py + 4), (px - width / 2, py - 8),
          (px - width / 2, py + 17), (px + 7, py + 15), (px + 7, py - 7), (px - width - 7, py + 15),
          (px - width - 7, py - 7),
        ]
        let free = places.first { place in
          place.0 >= left + 2 && place.0 + width <= right && place.1 <= bottom - 3
            && place.1 - 11 >= top
            && !taken.contains { other in
              place.0 < other.x + other.width && other.x < place.0 + width
                && place.1 - 11 < other.y + other.height && other.y < place.1 + 2
            }
        }
        guard let free else { continue }
        taken.append((free.0, free.1 - 11, width, 13))
        drawing.text(field.name, free.0, free.1, "small")
      }
    }
  }

  private func drawRuns(on drawing: inout Drawing) {
    guard listed else { return }
    let labels = RunLabels.fitted(series.map(\.label), size: 14, limit: 200)
    for (index, run) in series.enumerated() {
      let x = 24 + Double(index % 2) * 232
      let y = bottom + 60 + Double(index / 2) * 20
      drawing.mark(run.paradigm, "c\(index)", x, y - 5, tip: run.label)
      drawing.text(labels[index], x + 12, y)
    }
  }
}
