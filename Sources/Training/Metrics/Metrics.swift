import Platform

/// A number that measures how well predictions fit labels.
///
/// A new metric is a static member in a file of its own and an entry of `all`, which files, tables
/// and TensorBoard follow.
public struct Metric: Sendable {
  /// Every metric, in the order of files and tables.
  public static let all: [Metric] = [
    .auc, .logloss, .calibration, .normalizedEntropy, .calibrationError,
  ]

  /// The name in files.
  public let name: String
  /// The heading in tables.
  public let title: String
  /// Decimals in tables.
  public let decimals: Int
  /// Whether evaluations during training write it too, to `metrics.jsonl` and to TensorBoard.
  let isTracked: Bool
  /// The key in checkpoints.
  let key: String
  /// The number for some rows, in double; nil where they leave it undefined.
  let value: @Sendable (PredictionSummary) -> Double?
}

/// How well the predictions of some rows fit their labels.
public struct Metrics: Equatable, Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of clicked rows.
  public let positives: Int
  /// The sum of the rows' weights; nil where each row counts once.
  public let weight: Double?
  /// Whether all rows, of two or more, have the same prediction.
  public let isConstant: Bool
  /// The defined metrics by name.
  private let values: [String: Double]
  /// The mean AUC of groups of rows; nil where rows have no groups.
  public var grouped: GroupedAUC?

  /// Computes the metrics of some rows.
  init(_ rows: PredictionSummary) {
    self.init(
      rows: rows.rows, positives: rows.clicks,
      weight: rows.weighting.isUsed ? rows.weight : nil, isConstant: rows.isConstant
    ) { $0.value(rows) }
  }

  init(
    rows: Int, positives: Int, weight: Double? = nil, isConstant: Bool = false,
    _ value: (Metric) throws -> Double?
  ) rethrows {
    self.rows = rows
    self.positives = positives
    self.weight = weight
    self.isConstant = isConstant
    var values: [String: Double] = [:]
    for metric in Metric.all { values[metric.name] = try value(metric) }
    self.values = values
  }

  /// A metric; nil where it is undefined.
  public subscript(metric: Metric) -> Double? { values[metric.name] }
  /// The area under the ROC curve; nil where one class is missing.
  public var auc: Double? { self[.auc] }
  /// The mean of `−y·log p − (1 − y)·log(1 − p)`; nil without rows.
  public var logloss: Double? { self[.logloss] }

  /// The metrics that evaluations during training write, by name.
  var tracked: [(name: String, value: Double?)] {
    Metric.all.filter(\.isTracked).map { ($0.name, self[$0]) }
      + (grouped.map { [(GroupedAUC.name, $0.value)] } ?? [])
  }

  /// The metrics as the members of a JSON object, undefined ones as null.
  public var json: [(String, JSONValue)] {
    Metric.all.map { ($0.name, .optional(self[$0])) } + (grouped?.json ?? [])
      + [("rows", .integer(rows)), ("positives", .integer(positives))]
      + (weight.map { [("weight", .number($0))] } ?? [])
  }
}

extension Metrics: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads the metrics of a checkpoint; ones that it lacks are undefined.
  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Key.self)
    try self.init(
      rows: members.decode(Int.self, forKey: Key(stringValue: "rows")),
      positives: members.decode(Int.self, forKey: Key(stringValue: "positives")),
      weight: members.decodeIfPresent(Double.self, forKey: Key(stringValue: "weight")),
      isConstant: members.decode(Bool.self, forKey: Key(stringValue: "isConstant"))
    ) { try members.decodeIfPresent(Double.self, forKey: Key(stringValue: $0.key)) }
    grouped = try members.decodeIfPresent(GroupedAUC.self, forKey: Key(stringValue: "grouped"))
  }

  /// Writes the metrics that are defined.
  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Key.self)
    try members.encode(rows, forKey: Key(stringValue: "rows"))
    try members.encode(positives, forKey: Key(stringValue: "positives"))
    try members.encodeIfPresent(weight, forKey: Key(stringValue: "weight"))
    try members.encode(isConstant, forKey: Key(stringValue: "isConstant"))
    for metric in Metric.all {
      try members.encodeIfPresent(self[metric], forKey: Key(stringValue: metric.key))
    }
    try members.encodeIfPresent(grouped, forKey: Key(stringValue: "grouped"))
  }
}
