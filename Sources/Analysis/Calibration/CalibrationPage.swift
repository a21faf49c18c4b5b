import Glibc
import Models

/// Predicted and observed click rates of one evaluation, in bins of similar predictions.
public struct ReliabilityCurve: Sendable {
  /// Rows of similar predictions.
  public struct Bin: Equatable, Sendable {
    /// The number of rows.
    public let rows: Int
    /// The sum of their weights.
    public let weight: Double
    /// The smallest and the largest prediction.
    public let range: ClosedRange<Double>
    /// The mean prediction.
    public let predicted: Double
    /// The share of clicked rows.
    public let observed: Double
    /// The lower end of its 95 % interval.
    public let lower: Double
    /// The upper end.
    public let upper: Double

    /// Describes the rows, each of weight 1 unless their sum is given.
    public init(
      rows: Int, weight: Double? = nil, range: ClosedRange<Double>, predicted: Double,
      observed: Double, lower: Double,
      upper: Double
    ) {
      self.rows = rows
      self.weight = weight ?? Double(rows)
      self.range = range
      self.predicted = predicted
      self.observed = observed
      self.lower = lower
      self.upper = upper
    }
  }

  /// What made the predictions.
  public let label: String
  /// The bins in ascending order of their predictions.
  public let bins: [Bin]
  /// The metrics of the predictions, in the order of the table; nil if undefined.
  public let metrics: [(name: String, value: Double?)]

  /// Describes an evaluation.
  public init(label: String, bins: [Bin], metrics: [(name: String, value: Double?)]) {
    self.label = label
    self.bins = bins
    self.metrics = metrics
  }

  /// The mean distance of predictions and click rates over all rows.
  var error: Double {
    mean { abs($0.predicted - $0.observed) }
  }

  /// The error that calibrated predictions would have by chance: `√(2/π)` standard errors per bin.
  var chanceError: Double {
    mean { (2 / Double.pi * $0.predicted * (1 - $0.predicted) / Double($0.rows)).squareRoot() }
  }

  private func mean(_ value: (Bin) -> Double) -> Double {
    let weight = bins.reduce(0) { $0 + $1.weight }
    return weight > 0 ? bins.reduce(0) { $0 + $1.weight * value($1) } / weight : 0
  }
}

/// The page of `sfg eval --report`: a reliability diagram, metrics, and the bins.
public struct CalibrationPage {
  private let run: RunDescription
  private let rows: String
  private let curves: [ReliabilityCurve]

  /// Creates the page of one run on the rows of a split; the last curve is that of its predictions.
  public init(_ run: RunDescription, split: String, curves: [ReliabilityCurve]) {
    self.run = run
    let count = curves.last?.bins.reduce(0) { $0 + $1.rows } ?? 0
    rows = "\(NumberFormat.grouped(count)) rows of \(split)"
    self.curves = curves
  }

  /// The page as HTML.
  public var text: String {
    var page = HTMLPage(
      title: "Calibration of \(run.name)",
      lead: "How the predicted click rates compare with the observed ones on \(rows).")
    page.list(curves.map(headline))
    page.figure(
      ReliabilityChart(curves, paradigm: run.paradigm).svg,
      caption:
        "The click rate of each bin with its 95 % interval, over the mean of its predictions. On the "
        + "diagonal both are equal; below it the model predicts more clicks than there are. On a logarithmic "
        + "scale a bin without clicks is drawn on the axis.")
    page.table(metrics)
    for curve in curves.reversed() { page.details("Bins: \(curve.label)", table(of: curve)) }
    page.definitions(Self.meanings)
    return page.text
  }

  private func headline(_ curve: ReliabilityCurve) -> String {
    "\(curve.label): the expected calibration error is \(NumberFormat.fixed(curve.error, 5)); by chance "
      + "calibrated predictions would have about \(NumberFormat.fixed(curve.chanceError, 5)) on as many "
      + "rows."
  }

  private var metrics: ReportTable {
    ReportTable(
      caption: "\(run.name) (\(run.backbone.rawValue), \(run.paradigm.rawValue)) on \(rows)",
      header: ["Predictions"] + (curves.first?.metrics.map(\.name) ?? []),
      rows: curves.map { curve in
        [.word(curve.label)] + curve.metrics.map { .number(NumberFormat.metric($0.value)) }
      })
  }

  private func table(of curve: ReliabilityCurve) -> ReportTable {
    func text(_ rate: Double) -> String { NumberFormat.fixed(rate, 5) }
    return ReportTable(
      caption: "Bins: \(curve.label)",
      header: ["Predictions", "Mean prediction", "Click rate", "Rows"],
      rows: curve.bins.map { bin in
        [
          .word("\(text(bin.range.lowerBound)) … \(text(bin.range.upperBound))"),
          .number(text(bin.predicted)),
          .estimate(text(bin.observed), interval: "\(text(bin.lower)) … \(text(bin.upper))"),
          .number(NumberFormat.grouped(bin.rows)),
        ]
      })
  }

  private static let meanings: [(term: String, meaning: String)] = [
    (
      "Bins",
      "Rows in ascending order of their predictions, divided into 20 bins of equally many rows. Rows of "
        + "the same prediction share a bin. Intervals are Wilson's (1927)."
    ),
    (
      "Expected calibration error (ECE)",
      "The mean distance between the mean prediction and the click rate of a bin, weighted by its rows. "
        + "If rows have weights, all means, rates and sums are weighted."
    ),
    (
      "Calibration", "The mean prediction over the click rate, of all rows: 1 if they are equal."
    ),
  ]
}
