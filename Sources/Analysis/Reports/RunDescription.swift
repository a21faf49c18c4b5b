import Models
import Platform

/// A run as reports describe it.
public struct RunDescription: Sendable {
  /// The run's name.
  public var name: String
  /// Which side of the interactions is generated; sets the colour and dash of its curve.
  public let paradigm: Paradigm
  /// The backbone.
  public let backbone: BackboneKind
  /// Metrics such as the AUC, in the order of the report's columns; nil if undefined.
  public let metrics: [(name: String, value: Double?)]

  /// Describes a run.
  public init(
    name: String, paradigm: Paradigm, backbone: BackboneKind,
    metrics: [(name: String, value: Double?)] = []
  ) {
    self.name = name
    self.paradigm = paradigm
    self.backbone = backbone
    self.metrics = metrics
  }

  /// The first members of a JSON object, and the first columns of a table, about the run.
  var identity: [(name: String, value: JSONValue)] {
    [
      ("run", .text(name)), ("paradigm", .text(paradigm.rawValue)),
      ("backbone", .text(backbone.rawValue)),
    ]
  }

  /// The first members of a JSON object about the run, with its metrics.
  var json: [(String, JSONValue)] {
    identity + [("metrics", .object(metrics.map { ($0.name, .optional($0.value)) }))]
  }
}

extension ReportTable {
  /// The first table of every report: one row per run, with the metrics that any of the runs has.
  static func runs(_ runs: [RunDescription]) -> ReportTable {
    var names: [String] = []
    for name in runs.flatMap({ $0.metrics.map(\.name) }) where !names.contains(name) {
      names.append(name)
    }
    return ReportTable(
      caption: "The runs and their metrics", header: ["Run", "Paradigm", "Backbone"] + names,
      rows: runs.map { run in
        [.word(run.name), .word(run.paradigm.rawValue), .word(run.backbone.rawValue)]
          + names.map { name in
            let value = run.metrics.first { $0.name == name }?.value
            return .number(NumberFormat.metric(value ?? nil))
          }
      })
  }
}
