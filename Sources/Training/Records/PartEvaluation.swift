import Platform

/// A part of the training rows, a file or a day, and how well the model predicted it before it was
/// trained on.
public struct PartEvaluation: Equatable, Sendable, Codable {
  /// The file's path, or the day.
  public let name: String
  /// The place of the part, counted from 1: the epoch that trains on it.
  public let number: Int
  /// Steps taken before it.
  public let step: Int
  /// Training rows seen before it.
  public let trainRows: Int
  /// Its rows; 0 where it has none and is left out.
  public internal(set) var rows: Int
  /// The metrics of its rows; nil for the first part of a model with drawn weights, which was not
  /// evaluated, and without rows.
  public let metrics: Metrics?
  /// The values of its rows that training had never seen.
  public let unseen: UnseenValues?

  /// The line of `metrics.jsonl`.
  var line: JSONValue {
    .object(
      [
        ("step", .integer(step)), ("epoch", .integer(number)), ("rows", .integer(trainRows)),
        ("split", .text("progressive")),
      ] + members)
  }

  /// The entry of `result.json`.
  var json: JSONValue { .object(members) }

  private var members: [(String, JSONValue)] {
    [
      ("day", .text(name)), ("day_rows", .integer(rows)),
      ("clicks", metrics.map { .integer($0.positives) } ?? .null),
    ] + Metric.all.map { metric in (metric.name, .optional(metrics?[metric])) }
      + [("unseen_share", .optional(unseen?.share))]
  }

  /// The parts as a table in CSV; undefined numbers are empty.
  static func csv(_ parts: [PartEvaluation]) -> String {
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    let names = Metric.all.map(\.name)
    return
      (["day,rows,clicks,\(names.joined(separator: ",")),unseen_share"]
      + parts.map { part in
        ([
          "\"\(part.name.replacing("\"", with: "\"\""))\"", "\(part.rows)",
          part.metrics.map { "\($0.positives)" } ?? "",
        ] + Metric.all.map { number(part.metrics?[$0]) } + [number(part.unseen?.share)])
        .joined(separator: ",")
      }).map { "\($0)\n" }.joined()
  }
}
