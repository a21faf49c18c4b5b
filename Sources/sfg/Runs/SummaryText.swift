import ClickData
import Foundation
import Platform

/// What is in data, found or made, as text and as JSON.
enum SummaryText {
  /// A line on the rows, then a field a row.
  static func table(_ summary: DataSummary) -> String {
    var table = TextTable([
      "field": .left, "encoding": .left, "distinct": .right, "missing": .right,
      "smallest": .right, "largest": .right, "table rows": .right, "collisions": .right,
    ])
    for field in summary.fields {
      table.add(
        field.field.name, encoding(field.field),
        (field.isExact ? "" : "~") + "\(field.distinct)",
        percent(Double(field.missing) / Double(max(summary.rows, 1))),
        number(field.numbers?.lowerBound), number(field.numbers?.upperBound),
        "\(field.field.schema.rows)", field.expectedCollisionShare.map(percent) ?? "")
    }
    let bad = summary.badRows > 0 ? ", \(summary.badRows) bad rows left out" : ""
    let messages = summary.badRowMessages.map { "skipped \($0)\n" }.joined()
    return
      "\(summary.rows) rows, click rate \(percent(summary.clickRate))\(bad)\n\(messages)\n\(table)"
  }

  static func json(_ summary: DataSummary) -> JSONValue {
    .object([
      ("rows", .integer(summary.rows)), ("positives", .integer(summary.positives)),
      ("click_rate", .number(summary.clickRate)), ("bad_rows", .integer(summary.badRows)),
      ("first_bad_rows", .array(summary.badRowMessages.map { .text($0) })),
      ("fields", .array(summary.fields.map(json))),
    ])
  }

  /// What was made, and the best that any model can reach on it.
  static func text(_ summary: SyntheticSummary, path: String, speed: Double) -> String {
    let auc = summary.bestAUC.map { Readable.fixed($0, decimals: 6) } ?? "undefined"
    return """
      \(path): \(summary.rows) rows, click rate \(percent(summary.clickRate)), \
      \(Readable.count(speed)) rows/s
      best attainable, by the true probabilities: AUC \(auc), Logloss \
      \(Readable.fixed(summary.bestLogloss, decimals: 6))
      """
  }

  static func json(_ summary: SyntheticSummary) -> JSONValue {
    .object([
      ("rows", .integer(summary.rows)), ("positives", .integer(summary.clicks)),
      ("click_rate", .number(summary.clickRate)), ("best_AUC", .optional(summary.bestAUC)),
      ("best_logloss", .number(summary.bestLogloss)),
    ])
  }

  private static func json(_ field: FieldSummary) -> JSONValue {
    .object([
      ("field", .text(field.field.name)), ("encoding", .text(encoding(field.field))),
      ("distinct", .integer(field.distinct)), ("exact", .boolean(field.isExact)),
      ("missing", .integer(field.missing)), ("smallest", .optional(field.numbers?.lowerBound)),
      ("largest", .optional(field.numbers?.upperBound)),
      ("table_rows", .integer(field.field.schema.rows)),
      ("expected_collision_share", .optional(field.expectedCollisionShare)),
    ])
  }

  private static func encoding(_ field: FittedField) -> String {
    switch field.encoding {
    case .hash: "hash"
    case .logBucket: "log_bucket"
    case .value: "value"
    }
  }

  private static func percent(_ share: Double) -> String {
    "\(Readable.fixed(100 * share, decimals: 2)) %"
  }

  private static func number(_ value: Double?) -> String {
    value.map { String(format: "%.6g", $0) } ?? ""
  }
}
