import Models
import Platform

/// What a report says of a run besides what was analysed.
public struct RunDescription: Sendable {
  /// The run's name.
  public var name: String
  /// Which side of the interactions is generated: the colour and the dash of its curve.
  public let paradigm: Paradigm
  /// The backbone, for the reader.
  public let backbone: String
  /// Figures such as the AUC, in the order of the report's columns; nil where one is undefined.
  public let metrics: [(name: String, value: Double?)]

  /// Describes a run.
  public init(
    name: String, paradigm: Paradigm, backbone: String,
    metrics: [(name: String, value: Double?)] = []
  ) {
    self.name = name
    self.paradigm = paradigm
    self.backbone = backbone
    self.metrics = metrics
  }
}

extension RunDescription {
  /// The description as the first members of a JSON object.
  var json: [(String, JSONValue)] {
    [
      ("run", .text(name)), ("paradigm", .text(paradigm.rawValue)), ("backbone", .text(backbone)),
      ("metrics", .object(metrics.map { ($0.name, .optional($0.value)) })),
    ]
  }
}
