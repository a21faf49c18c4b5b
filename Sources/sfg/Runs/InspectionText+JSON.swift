import ClickData
import Platform

extension InspectionText {
  /// Everything that was found, as one object.
  var json: JSONValue {
    let summary = inspection.summary
    return .object([
      ("rows", .integer(summary.rows)), ("positives", .integer(summary.positives)),
      ("click_rate", .number(summary.clickRate)), ("bad_rows", .integer(summary.badRows)),
      ("first_bad_rows", .array(summary.badRowMessages.map { .text($0) })),
      ("duplicate_rows", .integer(inspection.duplicateRows)),
      ("duplicates_from_one_line_in", .integer(inspection.duplicatesSampled)),
      ("hours", inspection.hours.map(Self.json) ?? .null),
      ("sampled_rows", .integer(inspection.sample.rows)),
      ("fields", .array(zip(inspection.fields, areas).map(Self.json))),
    ])
  }

  private static func json(_ hours: HourOrder) -> JSONValue {
    .object([
      ("first", .text(hours.first)), ("last", .text(hours.last)),
      ("descents", .integer(hours.descents)),
    ])
  }

  private static func json(_ field: FieldInspection, _ area: Double?) -> JSONValue {
    let summary = field.summary
    return .object([
      ("field", .text(field.name)), ("encoding", .text(SummaryText.encoding(summary.field))),
      ("distinct", .integer(summary.distinct)), ("exact", .boolean(summary.isExact)),
      ("missing", .integer(summary.missing)),
      ("smallest", .optional(summary.numbers?.lowerBound)),
      ("largest", .optional(summary.numbers?.upperBound)),
      ("negative", field.isNumeric ? .integer(field.negative) : .null),
      ("not_whole", field.isNumeric ? .integer(field.fractional) : .null),
      ("table_rows", .integer(summary.field.schema.rows)),
      ("collision_share", .optional(field.collisionShare)),
      ("expected_collision_share", .optional(summary.expectedCollisionShare)),
      ("suggested_buckets", field.suggestedBuckets.map { .integer($0) } ?? .null),
      ("suggested_min_count", field.isNumeric ? .null : .integer(field.suggestedMinCount)),
      ("rare", .array(field.rare.map(json))),
      ("top", .array(field.top.map(json))), ("top_undercount", .integer(field.undercount)),
      ("sorted", .boolean(field.isAscending)), ("AUC_alone", .optional(area)),
    ])
  }

  private static func json(_ rare: RareShare) -> JSONValue {
    .object([
      ("below", .integer(rare.minCount)), ("values", .number(rare.values)),
      ("rows", .number(rare.rows)),
    ])
  }

  private static func json(_ value: FrequentValue) -> JSONValue {
    .object([("value", .text(value.text)), ("rows", .integer(value.count))])
  }
}
