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
  private let plot: Plot
  private let labels: CurveLabels

  private static let width = 480.0
  private static let named = 4

  init(_ series: [Series]) {
    self.series = series
    let largest = Double(series.flatMap(\.fields).map(\.rows).max() ?? 1)
    let decades = max(Int(log10(largest).rounded(.up)), 1)
    let x = Axis(
      .logarithmic, 1, pow(10, Double(decades)), ticks: (0...decades).map { pow(10, Double($0)) }
    ) { tick in
      let decade = Int(log10(tick).rounded())
      return ["1", "10", "100"][decade % 3] + ["", "k", "M", "G"][min(decade / 3, 3)]
    }
    let highest = series.flatMap(\.fields).map(\.share).max() ?? 1
    let most = min(max((highest / 0.2).rounded(.up) * 0.2, 0.2), 1)
    plot = Plot(
      left: 58, right: 458, top: 34, bottom: 262, x: x, y: .linear(0, 100 * most, count: 5))
    labels = CurveLabels(
      series.map(\.label), width: Self.width, plotHeight: 0, mayBeBeside: false)
  }

  /// The chart as an SVG document.
  var svg: String {
    var drawing = Drawing(
      id: "fields", width: Self.width, height: height, title: "Embedding tables by cardinality",
      description: description, shades: series.map(\.shade))
    plot.drawGrid(on: &drawing)
    plot.drawAxes(
      on: &drawing, x: "Table rows that training touched", y: "% of attainable abundance")
    for (index, run) in series.enumerated() {
      for field in run.fields {
        drawing.mark(
          run.paradigm, "c\(index)", x(field.rows), y(field.share), radius: 3.4,
          tip: "\(field.name), \(run.label): \(field.rows) rows, "
            + "\(NumberFormat.percent(field.share, 0))")
      }
    }
    drawNames(on: &drawing)
    drawing.paradigmKey(series.map(\.paradigm), x: plot.left + 2, y: plot.top - 12, sample: .mark)
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

  /// Several runs are listed below the chart.
  private var listed: Bool { series.count > 1 }
  private var height: Double { plot.bottom + 52 + (listed ? labels.heightBelow : 0) }

  private func x(_ rows: Int) -> Double { plot.x(Double(max(rows, 1))) }
  private func y(_ share: Double) -> Double { plot.y(100 * share) }

  private func worst(_ run: Series) -> [(name: String, rows: Int, share: Double)] {
    let order = run.fields.indices.sorted {
      (run.fields[$0].share, $0) < (run.fields[$1].share, $1)
    }
    return order.prefix(Self.named).map { run.fields[$0] }
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
          place.0 >= plot.left + 2 && place.0 + width <= plot.right && place.1 <= plot.bottom - 3
            && place.1 - 11 >= plot.top
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
    for name in labels.below(plot.bottom + 52) {
      let run = series[name.curve]
      drawing.mark(run.paradigm, "c\(name.curve)", name.x - 14, name.y - 5, tip: run.label)
      drawing.text(name.text, name.x, name.y)
    }
  }
}
