import Models
import Platform

/// A figure over several runs: a chart with what it shows, its numbers, and a page.
public struct RunFigure: AnalysisReport {
  /// A number over the seeds of an arm, at a place of the horizontal axis.
  struct Point {
    /// The number on the horizontal axis; nil where the factor has no effect.
    let x: Double?
    let mean: SeedMean
    /// The numbers of single runs.
    let values: [(run: RecordedRun, value: Double)]

    /// The mean over runs; nil without a number.
    init?(x: Double?, _ values: [(run: RecordedRun, value: Double)]) {
      guard let mean = SeedMean(values.map(\.value)) else { return nil }
      (self.x, self.mean, self.values) = (x, mean, values)
    }

    /// The point of a chart, at `place` where it has none of its own.
    func drawn(tip: String) -> CurveChart.Point {
      CurveChart.Point(
        x: x ?? 0, y: mean.mean, range: mean.range, singles: values.map(\.value), tip: tip)
    }
  }

  /// The points of one curve.
  struct Curve {
    let series: RunArms.Series
    let points: [Point]
  }

  /// What kind of figure it is, which is the stem of its files.
  public let kind: String
  /// The heading of its page.
  public let title: String
  /// One sentence about what its page shows.
  public let lead: String
  /// The runs that are drawn.
  public let runs: [RunDescription]
  /// The drawn numbers, as a terminal shows them.
  public let overview: ReportTable
  /// What a reader must know, one sentence each.
  public let notes: [String]
  /// What the chart shows, of what and of how many runs.
  let caption: String
  let svg: String
  let table: CSVTable
  /// All drawn numbers, with what the runs share and differ in.
  public let summary: JSONValue
  /// Whether the chart has several panels.
  let isWide: Bool

  /// The chart.
  public var figure: (kind: String, file: String) { ("chart", "\(kind).svg") }

  /// Writes the chart and its numbers.
  public func writeFiles(to files: ReportFolder) throws {
    try table.write(to: files.file("\(kind).csv"))
    try AtomicFile.write(Markup.document(svg), to: files.file("\(kind).svg"))
  }

  /// Adds the chart with its caption.
  public func add(to page: inout HTMLPage) {
    page.heading(title)
    page.figure(svg, caption: caption, wide: isWide)
    page.list(notes.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." })
    page.details("The drawn numbers", overview)
  }
}

extension RunFigure {
  /// A figure of curves whose points are means over seeds.
  ///
  /// `sentences` begin the caption; the runs' common settings and what the bars mean follow.
  init(
    kind: String, title: String, lead: String, sentences: [String], arms: RunArms,
    curves: [Curve], chart: CurveChart, axis: String, number: String,
    members: [(String, JSONValue)],
    notes: [String] = [], overview: ReportTable? = nil
  ) {
    self.kind = kind
    self.title = title
    self.lead = lead
    runs = curves.flatMap { $0.series.arms.flatMap { $0.runs.map(\.description) } }
    caption =
      (sentences + [
        arms.seedSentence, arms.sharedSentence, arms.alongsideSentence, chart.coincidenceNote ?? "",
      ]).filter { !$0.isEmpty }.joined(separator: " ")
    svg = chart.svg
    isWide = chart.panels.count > 1
    self.notes = notes
    self.overview = overview ?? Self.overview(curves, axis: axis, number: number)
    table = Self.table(curves, axis: axis, keys: arms.keys)
    summary = .object(
      [("figure", .text(kind))] + members + [
        ("caption", .text(caption)),
        ("labelled_by", .array(arms.keys.map { .text($0) })),
        ("also_different", .array(arms.alongside.map { .text($0) })),
        ("shared", .object(arms.shared.map { ($0.key, .text($0.value)) })),
        ("curves", .array(curves.map { Self.json($0, axis: axis, keys: arms.keys) })),
      ])
  }

  private static func json(_ curve: Curve, axis: String, keys: [String]) -> JSONValue {
    .object([
      ("label", .text(curve.series.label)),
      ("paradigm", .text(curve.series.paradigm.rawValue)),
      ("backbone", .text(curve.series.first.description.backbone.rawValue)),
      (
        "values",
        .object(
          keys.map { key in
            (key, RunArms.value(curve.series.first, key).map { .text($0) } ?? .null)
          })
      ),
      (
        "points",
        .array(
          curve.points.map { point in
            .object([
              (axis, .optional(point.x)), ("mean", .number(point.mean.mean)),
              ("sd", .optional(point.mean.deviation)), ("n", .integer(point.mean.count)),
              (
                "runs",
                .array(
                  point.values.map {
                    .object([
                      ("run", .text($0.run.description.name)), ("seed", .text($0.run.seed)),
                      ("value", .number($0.value)),
                    ])
                  })
              ),
            ])
          })
      ),
    ])
  }

  /// One line per curve and point.
  private static func table(_ curves: [Curve], axis: String, keys: [String]) -> CSVTable {
    CSVTable(
      header: ["curve"] + keys + [axis, "mean", "sd", "n"],
      rows: curves.flatMap { curve in
        curve.points.map { point in
          [.text(curve.series.label)]
            + keys.map { RunArms.value(curve.series.first, $0).map { .text($0) } ?? .null } + [
              .optional(point.x), .number(point.mean.mean), .optional(point.mean.deviation),
              .integer(point.mean.count),
            ]
        }
      })
  }

  /// One line per curve and point, or the last points of long curves.
  private static func overview(_ curves: [Curve], axis: String, number: String) -> ReportTable {
    let isLong = curves.contains { $0.points.count > 12 }
    return ReportTable(
      caption: isLong ? "The last points of the curves" : "The drawn numbers",
      header: ["curve", axis, "n", number, "± sd"],
      rows: curves.flatMap { curve in
        (isLong ? Array(curve.points.suffix(1)) : curve.points).map { point in
          [
            .word(curve.series.label), .number(point.x.map(NumberFormat.value) ?? "–"),
            .number("\(point.mean.count)"), .number(NumberFormat.metric(point.mean.mean)),
            .number(point.mean.deviation.map { NumberFormat.metric($0) } ?? "–"),
          ]
        }
      })
  }
}

extension RunArms.Series {
  /// What a curve is called below a chart: with its number of seeds if that differs among curves.
  func name(_ label: String, among arms: RunArms) -> String {
    let counts = Set(arms.arms.map(\.runs.count))
    guard counts.count > 1 else { return label }
    let own = Set(self.arms.map(\.runs.count)).sorted()
    return "\(label) (n=\(own.map(String.init).joined(separator: ", ")))"
  }
}

/// Why a figure over runs cannot be drawn.
public enum RunFigureFailure: Equatable {
  /// The run has no number of this name, only the known ones.
  case noSuchNumber(run: String, name: String, known: [String])
  /// The number is that of an analysis, which was not run, or not at this checkpoint.
  case notAnalysed(run: String, checkpoint: String?, name: String, analysis: String)
  /// The key is no number in a run.
  case notANumber(run: String, key: String, value: String)
  /// The key has the same value, or no effect, in every run.
  case constant(key: String, value: String?)
  /// No run has what the figure shows.
  case nothing(what: String)
}

extension RunFigureFailure: Failure {
  /// The files of the runs do not have what the figure shows.
  public var status: FailureStatus {
    switch self {
    case .notAnalysed: .missingInput
    case .noSuchNumber, .notANumber, .constant, .nothing: .usage
    }
  }

  /// The failure in one line: where, what was found, what was expected, what to do.
  public var description: String {
    switch self {
    case .noSuchNumber(let run, let name, let known):
      "\(run): found no number called \"\(name)\", expected "
        + (known.isEmpty ? "one; train the run first" : "one of \(known.joined(separator: ", "))")
    case .notAnalysed(let run, let checkpoint, let name, let analysis):
      "\(run): found no \(name), expected that of the \(analysis) analysis; "
        + "run sfg analyze \(analysis) --run \(run)"
        + (checkpoint.map { " --checkpoint \($0)" } ?? "") + " first"
    case .notANumber(let run, let key, let value):
      "\(run): --against \(key): found \(value), expected a number; choose a numeric key, or draw "
        + "curves, which are labelled by it"
    case .constant(let key, let value):
      "--against \(key): found \(value ?? "no effect") in every run, expected a key in which the "
        + "runs differ; choose another key or other runs"
    case .nothing(let what):
      "found \(what) in no run, expected it in at least one; choose other runs"
    }
  }
}
