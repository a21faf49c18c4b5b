import Analysis
import Platform
import Training

/// What an evaluation found: the model's own predictions, and recalibrated ones if there are any.
struct EvaluationResult {
  let split: String
  private(set) var own: EvaluatedRows
  private(set) var recalibrated: EvaluatedRows?
  let map: Recalibration?
  let segments: [SegmentReport]
  /// The column of the weights of rows; nil where every row counts once.
  let weightColumn: String?
  /// The share of the negatives that the rows still have.
  let negativeRate: Double
  /// What was added to the model's logits.
  let logitShift: Double

  /// `grouped` is the mean AUC of the run's own groups, by the predictions that the run gives.
  init(
    split: String, _ found: (own: EvaluatedRows, recalibrated: EvaluatedRows?),
    map: Recalibration?, grouped: GroupedAUC?, segments: [SegmentReport], weightColumn: String?,
    negativeRate: Double, logitShift: Double
  ) {
    self.split = split
    (own, recalibrated) = found
    self.map = map
    self.segments = segments
    self.weightColumn = weightColumn
    self.negativeRate = negativeRate
    self.logitShift = logitShift
    if recalibrated == nil {
      own.metrics.grouped = grouped
    } else {
      recalibrated?.metrics.grouped = grouped
    }
  }

  /// What is measured: the predictions that the run gives come last.
  private var measured: [(label: String, found: EvaluatedRows)] {
    guard let recalibrated, let map else { return [("", own)] }
    return [("raw", own), (map.method.rawValue, recalibrated)]
  }

  /// The rows of the table of metrics.
  var rows: [(name: String, metrics: Metrics)] {
    measured.map { ($0.label.isEmpty ? split : "\(split) \($0.label)", $0.found.metrics) }
  }

  /// The metrics of the predictions that the run gives.
  var metrics: Metrics { (recalibrated ?? own).metrics }

  /// The tables for people.
  var text: String { ([MetricTable.text(rows)] + segments.map(\.text)).joined(separator: "\n\n") }

  func json(run: String, _ pass: PassRecord) -> JSONValue {
    .object(
      [("run", .text(run)), ("split", .text(split))] + metrics.json
        + pass.members.filter { $0.0 != "rows" }
        + [
          ("reliability", .array((recalibrated ?? own).reliability.map(\.json))),
          ("recalibration", map.map { .text($0.method.rawValue) } ?? .null),
        ]
        + (weightColumn.map { [("weight_column", .text($0))] } ?? [])
        + (negativeRate == 1 ? [] : [("negative_weight", .number(1 / negativeRate))])
        + (logitShift == 0 ? [] : [("logit_shift", .number(logitShift))])
        + (recalibrated == nil ? [] : [("raw", .object(own.metrics.json))])
        + (segments.isEmpty
          ? [] : [("segments", .object(segments.map { ($0.column, $0.json) }))]))
  }

  func page(of run: RunDescription) -> CalibrationPage {
    CalibrationPage(
      run, split: split,
      curves: measured.map { label, found in
        ReliabilityCurve(
          label: label.isEmpty || label == "raw"
            ? "Model's own predictions" : "Recalibrated predictions (\(label))",
          bins: found.reliability.map { bin in
            ReliabilityCurve.Bin(
              rows: bin.rows, weight: bin.weight, range: bin.lowest...bin.highest,
              predicted: bin.predicted,
              observed: bin.observed, lower: bin.interval.lower, upper: bin.interval.upper)
          }, metrics: Metric.all.map { ($0.title, found.metrics[$0]) })
      })
  }
}

extension ReliabilityBin {
  /// The bin as a JSON object.
  fileprivate var json: JSONValue {
    .object(
      [
        ("rows", .integer(rows)), ("positives", .integer(positives)),
        ("lowest", .number(lowest)), ("highest", .number(highest)),
        ("predicted", .number(predicted)), ("observed", .number(observed)),
        ("observed_lower", .number(interval.lower)), ("observed_upper", .number(interval.upper)),
      ] + (weight == Double(rows) ? [] : [("weight", .number(weight))]))
  }
}
