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
  /// The epoch at whose end, or in which, the weights were taken, from 1; nil if unknown.
  public let epoch: Int?

  /// Describes a run.
  public init(
    name: String, paradigm: Paradigm, backbone: BackboneKind,
    metrics: [(name: String, value: Double?)] = [], epoch: Int? = nil
  ) {
    self.name = name
    self.paradigm = paradigm
    self.backbone = backbone
    self.metrics = metrics
    self.epoch = epoch
  }

  /// The first members of a JSON object, and the first columns of a table, about the run.
  var identity: [(name: String, value: JSONValue)] {
    [
      ("run", .text(name)), ("paradigm", .text(paradigm.rawValue)),
      ("backbone", .text(backbone.rawValue)),
    ]
  }

  /// The first members of a JSON object about the run, with its metrics where some are known.
  var json: [(String, JSONValue)] {
    let known: [(String, JSONValue)] =
      metrics.isEmpty
      ? [] : [("metrics", .object(metrics.map { ($0.name, .optional($0.value)) }))]
    return identity + [("epoch", epoch.map { .integer($0) } ?? .null)] + known
  }

  /// A warning where the weights of runs were taken at different epochs.
  static func epochNotes(_ runs: [RunDescription]) -> [String] {
    let epochs = Set(runs.compactMap(\.epoch)).sorted()
    guard epochs.count > 1 else { return [] }
    return [
      "the weights are those of epochs \(epochs.map(String.init).joined(separator: ", ")): spectra "
        + "flatten while a model overfits, so compare runs at equal epochs"
    ]
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
      caption: "The runs and their metrics",
      header: ["Run", "Paradigm", "Backbone", "Epoch"] + names,
      rows: runs.map { run in
        [
          .word(run.name), .word(run.paradigm.rawValue), .word(run.backbone.rawValue),
          .number(run.epoch.map(String.init) ?? "–"),
        ]
          + names.map { name in
            let value = run.metrics.first { $0.name == name }?.value
            return .number(NumberFormat.metric(value ?? nil))
          }
      })
  }
}
